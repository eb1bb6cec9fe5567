using Weld.Core.IR;
using Weld.Core.Types;
using Weld.Managed.Layout;

namespace Weld.Managed.Emit;

/// <summary>The frame of a loop's function: where it finds the variables it reads, its iterators, and the values of its mergers.</summary>
/// <param name="Variables">The outer variables that the body reads, what it may read of them, and their offsets.</param>
/// <param name="Sources">The iterators and their offsets.</param>
/// <param name="Mergers">The offsets of the values of the mergers among the loop's builders, in order.</param>
/// <param name="Sampled">The offset of a number, for what is counted of some iterations.</param>
/// <param name="Size">Bytes of the frame.</param>
internal sealed record Capture(Seq<(Symbol Symbol, WeldType Type, int Offset)> Variables, Seq<(LoopSource Source, int Offset)> Sources, Seq<int> Mergers, int Sampled, int Size)
{
    public static Capture Of(For node, LoopSource[] sources)
    {
        var size = 0;
        var variables = FreeVariables.Of(node.Function).Select(s => (s, Readable(s.Type), Place(Readable(s.Type)))).ToSeq();
        var iterators = sources.Select(s => (s, Take(8 * s.Values.Length))).ToSeq();
        var mergers = new List<int>();
        PlaceMergers(node.Builder.Type);
        return new Capture(variables, iterators, mergers.ToSeq(), Take(sizeof(long)), size);

        int Place(WeldType type) => Take(MemoryLayout.Of(type).Size);

        int Take(int bytes)
        {
            var offset = size;
            size = checked(size + ((bytes + 7) & ~7));
            return offset;
        }

        void PlaceMergers(WeldType type)
        {
            if (type is MergerType m)
            {
                mergers.Add(Place(m.Element));
            }
            else if (type is StructType s)
            {
                foreach (var field in s.Fields)
                {
                    PlaceMergers(field);
                }
            }
        }
    }

    /// <summary>A type without its builders: a body may read the other fields of a struct that holds some.</summary>
    private static WeldType Readable(WeldType type) => type switch
    {
        BuilderType => new StructType([]),
        StructType { ContainsBuilder: true } s => new StructType(s.Fields.To(Readable)),
        _ => type,
    };
}

/// <summary>The variables that an expression reads and does not bind.</summary>
internal static class FreeVariables
{
    public static List<Symbol> Of(Expr node)
    {
        var found = new Search();
        found.Visit(node);
        return [.. found.Used.Where(s => !found.Bound.Contains(s))];
    }

    /// <summary>Symbols are bound once in a program, so what is used and bound nowhere inside is free.</summary>
    private sealed class Search
    {
        private readonly HashSet<Symbol> _seen = [];

        public List<Symbol> Used { get; } = [];

        public HashSet<Symbol> Bound { get; } = [];

        public void Visit(Expr node) => StackGuard.Run(static a => a.Search.Step(a.Node), (Search: this, Node: node));

        private bool Step(Expr node)
        {
            if (node is Ident ident && _seen.Add(ident.Symbol))
            {
                Used.Add(ident.Symbol);
            }

            foreach (var binder in node.Binders)
            {
                Bound.Add(binder);
            }

            foreach (var child in node.Children)
            {
                Visit(child);
            }

            return true;
        }
    }
}
