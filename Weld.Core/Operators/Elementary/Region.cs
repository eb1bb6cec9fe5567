namespace Weld.Core.Operators.Elementary;

/// <summary>A run of nodes in order of evaluation: a kernel's body, or what only the slow values of a branch need.</summary>
internal sealed class Region
{
    private readonly int depth;
    private readonly Region? parent;
    private readonly List<Node> nodes = [];
    private readonly Dictionary<Branch, Region> slow;

    private Region(Region? parent)
    {
        this.parent = parent;
        depth = parent is null ? 0 : parent.depth + 1;
        slow = parent?.slow ?? [];
    }

    /// <summary>The nodes; leaves and outcomes are not among them.</summary>
    public IReadOnlyList<Node> Nodes => nodes;

    /// <summary>The region evaluated only where the branch's condition holds.</summary>
    public Region Slow(Branch branch) => slow[branch];

    /// <summary>Puts each node that <paramref name="result"/> needs into the innermost region that contains all its uses.</summary>
    public static Region Schedule(Node result)
    {
        var order = new List<Node>();
        Visit(result, [], order);

        var body = new Region(null);
        var home = new Dictionary<Node, Region>();
        Use(result, body);
        for (var i = order.Count - 1; i >= 0; i--)
        {
            var node = order[i];
            var region = home[node];
            if (node is Branch branch)
            {
                var inner = new Region(region);
                body.slow.Add(branch, inner);
                Use(branch.Condition, region);
                Array.ForEach(branch.Fast, value => Use(value, region));
                Array.ForEach(branch.Slow, value => Use(value, inner));
            }
            else
            {
                Array.ForEach(node.Operands, value => Use(value, region));
            }
        }

        order.ForEach(node => home[node].nodes.Add(node));
        return body;

        void Use(Node node, Region region)
        {
            var step = Step(node);
            if (!step.IsLeaf)
            {
                home[step] = home.TryGetValue(step, out var other) ? Common(other, region) : region;
            }
        }
    }

    /// <summary>The node that computes this one's value: of an outcome, its branch.</summary>
    private static Node Step(Node node) => node.Primitive == Primitive.Outcome ? node.Operands[0] : node;

    private static void Visit(Node node, HashSet<Node> seen, List<Node> order)
    {
        node = Step(node);
        if (!node.IsLeaf && seen.Add(node))
        {
            Array.ForEach(node.Operands, operand => Visit(operand, seen, order));
            order.Add(node);
        }
    }

    private static Region Common(Region x, Region y)
    {
        while (x != y)
        {
            (x, y) = x.depth >= y.depth ? (x.parent!, y) : (x, y.parent!);
        }

        return x;
    }
}
