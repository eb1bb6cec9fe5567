using System.Text;

namespace Weld.Core.IR;

/// <summary>Text with places where a line may break. A group is on one line if it fits, else it breaks at all of its own places.</summary>
internal abstract record Layout
{
    private const int Unbounded = 1 << 24;
    private const int Indent = 4;

    /// <summary>Columns when on one line; <see cref="Unbounded"/> or more if it cannot be.</summary>
    public abstract int Width { get; }

    /// <summary>A space, or a line break in a group that breaks.</summary>
    public static Layout Line { get; } = new Break(" ", false);

    /// <summary>Nothing, or a line break in a group that breaks.</summary>
    public static Layout SoftLine { get; } = new Break("", false);

    /// <summary>A line break even in a group that would fit.</summary>
    public static Layout HardLine { get; } = new Break(" ", true);

    public static implicit operator Layout(string text) => new Words(text);

    public static Layout Join(params ReadOnlySpan<Layout> parts) => new Sequence(parts.ToArray());

    public static Layout Join(List<Layout> parts) => new Sequence([.. parts]);

    public static Layout Group(Layout inner) => new Grouped(inner);

    public static Layout Indented(Layout inner) => new Nested(inner);

    /// <summary>The text, broken where a line would be longer than <paramref name="width"/>; all on one line if that is null.</summary>
    public string Render(int? width)
    {
        var text = new StringBuilder();
        var column = 0;
        Write(this, 0, width is null, text, ref column, width ?? int.MaxValue);
        return text.ToString();
    }

    private static void Write(Layout layout, int indent, bool flat, StringBuilder text, ref int column, int width)
    {
        var work = new Stack<(Layout Layout, int Indent, bool Flat)>();
        work.Push((layout, indent, flat));
        while (work.TryPop(out var item))
        {
            switch (item.Layout)
            {
                case Words w:
                    text.Append(w.Text);
                    column += w.Text.Length;
                    break;
                case Break b when item.Flat:
                    text.Append(b.Flat);
                    column += b.Flat.Length;
                    break;
                case Break:
                    text.Append('\n').Append(' ', item.Indent);
                    column = item.Indent;
                    break;
                case Sequence s:
                    for (var i = s.Parts.Length - 1; i >= 0; i--)
                    {
                        work.Push((s.Parts[i], item.Indent, item.Flat));
                    }

                    break;
                case Nested n:
                    work.Push((n.Inner, item.Indent + Indent, item.Flat));
                    break;
                case Grouped g:
                    work.Push((g.Inner, item.Indent, item.Flat || column + g.Width <= width));
                    break;
            }
        }
    }

    private sealed record Words(string Text) : Layout
    {
        public override int Width => Text.Length;
    }

    private sealed record Break(string Flat, bool IsHard) : Layout
    {
        public override int Width => IsHard ? Unbounded : Flat.Length;
    }

    private sealed record Sequence(Layout[] Parts) : Layout
    {
        public override int Width { get; } = (int)Math.Min(Unbounded, Parts.Sum(p => (long)p.Width));
    }

    private sealed record Nested(Layout Inner) : Layout
    {
        public override int Width { get; } = Inner.Width;
    }

    private sealed record Grouped(Layout Inner) : Layout
    {
        public override int Width { get; } = Inner.Width;
    }
}
