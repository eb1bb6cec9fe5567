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
        Visit(result, [], [], order);

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

    /// <summary>The longer way first, so that a value and its error are computed one after the other and few values wait.</summary>
    private static void Visit(Node node, HashSet<Node> seen, Dictionary<Node, int> depths, List<Node> order)
    {
        node = Step(node);
        if (!node.IsLeaf && seen.Add(node))
        {
            foreach (var operand in node.Operands.OrderByDescending(operand => Depth(operand, depths)))
            {
                Visit(operand, seen, depths, order);
            }

            order.Add(node);
        }
    }

    /// <summary>How many nodes are one after the other on the longest way to a value, that through slow values aside.</summary>
    private static int Depth(Node node, Dictionary<Node, int> depths)
    {
        node = Step(node);
        if (!node.IsLeaf && !depths.ContainsKey(node))
        {
            var operands = node is Branch branch ? branch.Fast.Append(branch.Condition) : node.Operands;
            depths.Add(node, 1 + operands.Max(operand => Depth(operand, depths)));
        }

        return node.IsLeaf ? 0 : depths[node];
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
