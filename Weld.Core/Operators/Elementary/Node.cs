namespace Weld.Core.Operators.Elementary;

/// <summary>What one node of a kernel computes on each lane. A float lane and an integer lane have the same width; a mask says yes or no for each lane.</summary>
internal enum Primitive
{
    /// <summary>The first or second argument of the function.</summary>
    Argument,

    /// <summary>The same number in every lane.</summary>
    Constant,

    /// <summary>x + y.</summary>
    Add,

    /// <summary>x − y.</summary>
    Subtract,

    /// <summary>x · y.</summary>
    Multiply,

    /// <summary>x / y.</summary>
    Divide,

    /// <summary>√x, correctly rounded.</summary>
    SquareRoot,

    /// <summary>x · y + z, rounded once.</summary>
    FusedMultiplyAdd,

    /// <summary>−x.</summary>
    Negate,

    /// <summary>|x|.</summary>
    Absolute,

    /// <summary>|x| with the sign of y.</summary>
    CopySign,

    /// <summary>The nearest whole number, halves to even.</summary>
    RoundEven,

    /// <summary>The bits of a float as an integer.</summary>
    ToBits,

    /// <summary>The float that has these bits.</summary>
    FromBits,

    /// <summary>x + y on integers, wrapping.</summary>
    IntegerAdd,

    /// <summary>x − y on integers, wrapping.</summary>
    IntegerSubtract,

    /// <summary>x &amp; y.</summary>
    And,

    /// <summary>x | y.</summary>
    Or,

    /// <summary>x ^ y.</summary>
    ExclusiveOr,

    /// <summary>x shifted left by the node's constant.</summary>
    ShiftLeft,

    /// <summary>x shifted right by the node's constant, zeros from the left.</summary>
    ShiftRight,

    /// <summary>x &lt; y on floats; false if either is NaN.</summary>
    Less,

    /// <summary>x ≤ y on floats; false if either is NaN.</summary>
    LessOrEqual,

    /// <summary>x == y on floats; false if either is NaN.</summary>
    Equal,

    /// <summary>x == y on integers.</summary>
    IntegerEqual,

    /// <summary>Both masks.</summary>
    Both,

    /// <summary>Either mask.</summary>
    Either,

    /// <summary>The other lanes.</summary>
    Not,

    /// <summary>Where the first operand says so the second, else the third.</summary>
    Select,

    /// <summary>The node's table at an index, which must lie inside.</summary>
    Lookup,

    /// <summary>A place where an emitter may branch; its values are its <see cref="Outcome"/> nodes.</summary>
    Branch,

    /// <summary>One value of a branch: the slow one in the lanes of its condition, else the fast one.</summary>
    Outcome,
}

/// <summary>What a lane of a node holds.</summary>
internal enum LaneKind
{
    /// <summary>A float.</summary>
    Float,

    /// <summary>An integer as wide as the float.</summary>
    Integer,

    /// <summary>A truth.</summary>
    Mask,
}

/// <summary>One operation of a kernel: a node of a directed acyclic graph without effects.</summary>
internal class Node(Primitive primitive, LaneKind kind, params Node[] operands)
{
    public Primitive Primitive { get; } = primitive;

    public LaneKind Kind { get; } = kind;

    public Node[] Operands { get; } = operands;

    /// <summary>The value of a float constant, rounded to the lanes' width when the kernel runs.</summary>
    public double Number { get; init; }

    /// <summary>The value of an integer constant, the count of a shift, the index of an argument or outcome.</summary>
    public long Integer { get; init; }

    /// <summary>The table of a lookup, of floats.</summary>
    public double[]? Table { get; init; }

    /// <summary>Whether the node stands for itself at each use and needs no step of its own.</summary>
    public bool IsLeaf => Primitive is Primitive.Argument or Primitive.Constant;
}

/// <summary>Values that are costly in few lanes: where <see cref="Condition"/> holds the slow ones, else the fast ones.</summary>
internal sealed class Branch(Node condition, Node[] fast, Node[] slow)
    : Node(Primitive.Branch, LaneKind.Mask, [condition, .. fast, .. slow])
{
    public Node Condition { get; } = condition;

    public Node[] Fast { get; } = fast;

    public Node[] Slow { get; } = slow;

    /// <summary>The values after the branch, one for each pair of fast and slow.</summary>
    public Node[] Outcomes => field ??= [.. Fast.Select((value, i) => new Node(Primitive.Outcome, value.Kind, this) { Integer = i })];
}
