using System.Linq.Expressions;
using Weld.Core.Diagnostics;
using Weld.Core.IR;
using Weld.Core.Optimizer;
using Weld.Core.Values;
using Weld.Managed.Emit;

namespace Weld.Managed;

/// <summary>The programs compiled last, by what they mean: two that differ only in the names of variables, in their text's layout or in comments are one.</summary>
internal static class ProgramCache
{
    private static readonly Recent<ProgramKey, CompiledProgram> Known = new(256);

    /// <summary>The compiled program, if it is known.</summary>
    public static CompiledProgram? Find(ProgramKey key) => Known.Find(key);

    /// <summary>The compiled program; two threads may compile the same one at once.</summary>
    public static CompiledProgram Get(ProgramKey key) => Known.Find(key) ?? Compile(key, Optimized(key));

    /// <summary>The compiled form of a program that is not known.</summary>
    public static CompiledProgram Compile(ProgramKey key, Optimization optimization)
    {
        var options = key.Options;
        var compiled = ProgramCompiler.Compile(optimization.Program, options.ExpressionCompiler, [.. options.Functions.All.Select(f => f.Name)], options.VectorWidth) with { Optimization = optimization };
        Known.Keep(key, compiled);
        return compiled;
    }

    /// <summary>What the optimizer makes of a program.</summary>
    public static Optimization Optimized(ProgramKey key) => ProgramOptimizer.Optimize(key.Program, key.Options.Passes is { } names ? Pipeline.Of(names) : null);
}

/// <summary>What decides the code: the program up to names, whether it has places to show in errors, and the options that matter to it.</summary>
/// <param name="program">The program, which is gone through once for its hash.</param>
/// <param name="options">The options.</param>
internal sealed class ProgramKey(Lambda program, CompileOptions options) : IEquatable<ProgramKey>
{
    private readonly int _hash = AlphaEquality.Hash(program).GetHashCode();

    public Lambda Program { get; } = program;

    public CompileOptions Options { get; } = options;

    public bool Equals(ProgramKey? other) =>
        other is not null && _hash == other._hash && AreSame(Options, other.Options) && Program.Span.IsNone == other.Program.Span.IsNone && AlphaEquality.Equal(Program, other.Program);

    public override bool Equals(object? obj) => Equals(obj as ProgramKey);

    public override int GetHashCode() => _hash;

    private static bool AreSame(CompileOptions x, CompileOptions y) =>
        x.ExpressionCompiler == y.ExpressionCompiler && ReferenceEquals(x.Functions, y.Functions) && x.Passes.Equals(y.Passes)
        && x.ApplyExperimentalTransforms == y.ApplyExperimentalTransforms && x.VectorWidth == y.VectorWidth;
}

/// <summary>Places in the texts of alpha-equal programs.</summary>
internal static class Places
{
    /// <summary>The place in <paramref name="to"/> of the node that stands at <paramref name="span"/> in <paramref name="from"/>; <c>default</c> if none does.</summary>
    public static SourceSpan Translate(Expr from, Expr to, SourceSpan span)
    {
        var left = new Stack<(Expr From, Expr To)>([(from, to)]);
        while (left.TryPop(out var pair))
        {
            if (pair.From.Span == span)
            {
                return pair.To.Span;
            }

            for (var i = 0; i < pair.From.Children.Count; i++)
            {
                left.Push((pair.From.Children[i], pair.To.Children[i]));
            }
        }

        return default;
    }
}
