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
    private static readonly Recent<Key, CompiledProgram> Known = new(256);

    /// <summary>The compiled program, if it is known.</summary>
    public static CompiledProgram? Find(Lambda program, CompileOptions options) => Known.Find(new Key(program, options));

    /// <summary>The compiled program; two threads may compile the same one at once.</summary>
    public static CompiledProgram Get(Lambda program, CompileOptions options)
    {
        var key = new Key(program, options);
        return Known.Find(key) ?? Compiled(key, Optimized(program, options), options);
    }

    /// <summary>The compiled form of a program that is not known.</summary>
    public static CompiledProgram Compile(Optimization optimization, CompileOptions options) => Compiled(new Key(optimization.Before, options), optimization, options);

    /// <summary>What the optimizer makes of a program.</summary>
    public static Optimization Optimized(Lambda program, CompileOptions options) => ProgramOptimizer.Optimize(program, options.Passes is { } names ? Pipeline.Of(names) : null);

    private static CompiledProgram Compiled(Key key, Optimization optimization, CompileOptions options)
    {
        var compiled = ProgramCompiler.Compile(optimization.Program, options.ExpressionCompiler, [.. options.Functions.All.Select(f => f.Name)], options.VectorWidth) with { Optimization = optimization };
        Known.Keep(key, compiled);
        return compiled;
    }

    /// <summary>What decides the code: the program up to names, whether it has places to show in errors, and the options that matter to it.</summary>
    private sealed class Key(Lambda program, CompileOptions options) : IEquatable<Key>
    {
        private readonly int _hash = AlphaEquality.Hash(program).GetHashCode();

        private Lambda Program { get; } = program;

        private Func<LambdaExpression, Delegate>? ExpressionCompiler { get; } = options.ExpressionCompiler;

        private ForeignFunctions Functions { get; } = options.Functions;

        private Seq<string>? Passes { get; } = options.Passes;

        private int? VectorWidth { get; } = options.VectorWidth;

        private bool Experimental { get; } = options.ApplyExperimentalTransforms;

        public bool Equals(Key? other) =>
            other is not null && _hash == other._hash && ExpressionCompiler == other.ExpressionCompiler && ReferenceEquals(Functions, other.Functions)
            && Passes.Equals(other.Passes) && Experimental == other.Experimental && VectorWidth == other.VectorWidth && Program.Span.IsNone == other.Program.Span.IsNone && AlphaEquality.Equal(Program, other.Program);

        public override bool Equals(object? obj) => Equals(obj as Key);

        public override int GetHashCode() => _hash;
    }
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
