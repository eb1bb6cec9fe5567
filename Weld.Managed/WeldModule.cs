using System.Runtime.CompilerServices;
using Weld.Core;
using Weld.Core.Diagnostics;
using Weld.Core.Evaluation;
using Weld.Core.IR;
using Weld.Core.Types;
using Weld.Core.Values;
using Weld.Managed.Layout;
using Weld.Managed.Runtime;

namespace Weld.Managed;

/// <summary>A compiled program. It may run in any number of threads at once; the results do not depend on it and outlive it.</summary>
public sealed class WeldModule
{
    /// <summary>Longer texts are not kept.</summary>
    private const int MostKept = 1 << 15;

    /// <summary>The modules compiled last from texts.</summary>
    private static readonly Recent<TextKey, WeldModule> Known = new(256);

    private readonly CheckedProgram _program;

    private WeldModule(CheckedProgram program, CompileOptions options)
        : this(program, options, EngineOf(program.Program, options)) => Dump(options);

    internal WeldModule(CheckedProgram program, CompileOptions options, Engine engine)
    {
        _program = program;
        Options = options;
        Engine = engine;
        Arguments = MemoryLayout.Of(new StructType(Parameters.To(p => p.Type)));
        Result = MemoryLayout.Of(ResultType);
        Foreign = [.. options.Functions.All.Select(HostFunction.Of)];
    }

    /// <summary>The parameters, in order.</summary>
    public Seq<Symbol> Parameters => _program.Program.Parameters;

    /// <summary>The type of the result.</summary>
    public WeldType ResultType => _program.Program.Body.Type;

    /// <summary>The checked program.</summary>
    public Lambda Program => _program.Program;

    /// <summary>What is odd but legal in the program, such as an unknown annotation.</summary>
    public Seq<Diagnostic> Warnings => _program.Warnings;

    /// <summary>How it was compiled.</summary>
    public CompileOptions Options { get; }

    internal MemoryLayout Arguments { get; }

    internal MemoryLayout Result { get; }

    internal Engine Engine { get; }

    internal HostFunction[] Foreign { get; }

    /// <summary>Compiles a program's text.</summary>
    /// <param name="program">The text.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <exception cref="WeldCompileException">The program is wrong; all that was found.</exception>
    /// <exception cref="WeldConfigurationException">The program cannot be written to <see cref="CompileOptions.DumpDirectory"/>.</exception>
    public static WeldModule Compile(string program, CompileOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(program);
        return Compile(program, null, null, options ?? CompileOptions.Default);
    }

    /// <summary>Compiles a program's text.</summary>
    /// <param name="program">The text.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <exception cref="WeldCompileException">The program is wrong; all that was found.</exception>
    /// <exception cref="WeldConfigurationException">The program cannot be written to <see cref="CompileOptions.DumpDirectory"/>.</exception>
    public static WeldModule Compile(SourceText program, CompileOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(program);
        return Compile(program.Text, program.Name, program, options ?? CompileOptions.Default);
    }

    /// <summary>Compiles a program that was built as a tree.</summary>
    /// <param name="program">A function, or the body of one without parameters.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <exception cref="WeldCompileException">The program is wrong; all that was found.</exception>
    /// <exception cref="WeldConfigurationException">The program cannot be written to <see cref="CompileOptions.DumpDirectory"/>.</exception>
    public static WeldModule Compile(Expr program, CompileOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(program);
        return Compile(options ?? CompileOptions.Default, o => FrontEnd.Check(program, o.Functions));
    }

    /// <summary>Runs the program. Arrays and memory whose elements lie as Weld's do are not copied, nor are other results.</summary>
    /// <param name="arguments">One for each parameter: numbers, strings, arrays, memory, tuples, records, structs, dictionaries, nested too, and other results.</param>
    /// <exception cref="ArgumentException">An argument is missing or not of its parameter's type; nothing ran.</exception>
    /// <exception cref="WeldRuntimeException">The run ended without a value.</exception>
    public WeldResult Run(params object?[]? arguments) => Run(RunOptions.Default, arguments);

    /// <summary>Runs the program. Arrays and memory whose elements lie as Weld's do are not copied, nor are other results.</summary>
    /// <param name="options">What the run may use.</param>
    /// <param name="arguments">One for each parameter: numbers, strings, arrays, memory, tuples, records, structs, dictionaries, nested too, and other results.</param>
    /// <exception cref="ArgumentException">An argument is missing or not of its parameter's type; nothing ran.</exception>
    /// <exception cref="WeldRuntimeException">The run ended without a value.</exception>
    public WeldResult Run(RunOptions options, params object?[]? arguments)
    {
        ArgumentNullException.ThrowIfNull(options);

        // One argument that is an array of references is the list of arguments to C#, but no such list is made with its type.
        var list = arguments is null || arguments.GetType() != typeof(object[]) ? [arguments] : arguments;
        CheckCount(list.Length);
        using var call = new Call(this, options);
        for (var i = 0; i < list.Length; i++)
        {
            call.Pass(i, list[i]);
        }

        return call.Execute();
    }

    /// <summary>Runs the program over trees of values.</summary>
    /// <param name="arguments">One for each parameter.</param>
    /// <param name="options">What the run may use; null for the defaults.</param>
    /// <exception cref="ArgumentException">An argument is missing or not of its parameter's type; nothing ran.</exception>
    /// <exception cref="WeldRuntimeException">The run ended without a value.</exception>
    public Value Evaluate(Seq<Value> arguments, RunOptions? options = null)
    {
        options ??= RunOptions.Default;
        if (Engine is InterpreterEngine)
        {
            return Interpreter.Run(Program, arguments, InterpreterEngine.OptionsOf(Options.Functions, options));
        }

        var result = Run(options, [.. arguments]);
        if (Result.HoldsBuilders)
        {
            return result.ToValue();
        }

        using (result)
        {
            return result.ToValue();
        }
    }

    /// <summary>The module of a text, which is the one that it gave before, if it is remembered and not written to a folder each time.</summary>
    private static WeldModule Compile(string text, string? name, SourceText? source, CompileOptions options)
    {
        var key = text.Length <= MostKept && options.DumpDirectory is null ? new TextKey(text, name, options) : null;
        if (key is not null && Known.Find(key) is { } known)
        {
            return known;
        }

        source ??= new SourceText(text, name);
        var module = Compile(options, o => FrontEnd.Check(source, o.Functions));
        if (key is not null)
        {
            Known.Keep(key, module);
        }

        return module;
    }

    private static WeldModule Compile(CompileOptions options, Func<CompileOptions, CheckedProgram> check)
    {
        if (RunsCompiled(options))
        {
            FirstUse.Begin(options.Backend == Backend.Automatic);
        }

        CheckedProgram program;
        try
        {
            program = check(options);
        }
        catch (Exception e) when (e is not (WeldException or OutOfMemoryException))
        {
            throw new WeldInternalException("front end", e.Message, e);
        }

        return new WeldModule(program, options);
    }

    // What may be wrong with the options is said at once. A function of the host is called as often as the program says, so no run that calls one begins anew in machine code.
    private static Engine EngineOf(Lambda program, CompileOptions options)
    {
        if (!RunsCompiled(options))
        {
            return new InterpreterEngine(program, options.Functions);
        }

        var key = new ProgramKey(program, options);
        return ProgramCache.Find(key) is { } known ? new CompiledEngine(known)
            : options is { Backend: Backend.Automatic, ExpressionCompiler: null, Passes: null, VectorWidth: null } && options.Functions == ForeignFunctions.None ? Meanwhile(key)
            : new CompiledEngine(ProgramCache.Compile(key, ProgramCache.Optimized(key)));
    }

    // Another set of optimisations may round the reductions of floats otherwise: where there are some, what is interpreted is the program that is being compiled.
    private static CompiledEngine Meanwhile(ProgramKey key)
    {
        if (!ReductionOrder.ShowsIn(key.Program))
        {
            return new CompiledEngine(key.Program, () => ProgramCache.Get(key));
        }

        var optimization = ProgramCache.Optimized(key);
        return new CompiledEngine(optimization.Program, () => ProgramCache.Compile(key, optimization));
    }

    private static bool RunsCompiled(CompileOptions options) =>
        options.Backend == Backend.Compiled || (options.Backend == Backend.Automatic && RuntimeFeature.IsDynamicCodeSupported);

    // An existing file is never overwritten.
    private void Dump(CompileOptions options)
    {
        if (options.DumpDirectory is null)
        {
            return;
        }

        var name = options.DumpName ?? $"code-{DateTime.UtcNow:yyyyMMdd-HHmmss-fffffff}";
        try
        {
            using var file = new StreamWriter(new FileStream(Path.Combine(options.DumpDirectory, $"{name}.weld"), FileMode.CreateNew));
            file.Write(Printer.PrintProgram(Program));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new WeldConfigurationException("weld.compile.dumpCodeDir", $"expected a folder that takes a new file '{name}.weld', found '{options.DumpDirectory}': {e.Message}", e);
        }
    }

    internal void CheckCount(int count)
    {
        if (count != Parameters.Count)
        {
            throw new ArgumentException(
                $"expected {Parameters.Count} arguments{(Parameters.Count == 0 ? "" : $" ({string.Join(", ", Parameters.Select(p => $"{p.Name}: {p.Type}"))})")}, found {count}");
        }
    }

    /// <summary>The place in this program's text of a place in the text of the alpha-equal program that was compiled.</summary>
    internal SourceSpan Translate(SourceSpan span) =>
        !span.IsNone && Engine is CompiledEngine { Program.Checked: var compiled } && !ReferenceEquals(compiled, Program) ? Places.Translate(compiled, Program, span) : span;

    private sealed record TextKey(string Text, string? Name, CompileOptions Options);
}
