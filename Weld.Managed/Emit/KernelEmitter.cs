using System.Linq.Expressions;
using Weld.Core.Operators.Elementary;
using Weld.Managed.Runtime;

namespace Weld.Managed.Emit;

/// <summary>
/// Writes a kernel inline, as one block: a node with one use becomes part of its user's expression, any other node a scratch local that is given back after its last use,
/// and a branch
/// <code>
/// s1 = fast; if (condition) { …; s1 = slow; }
/// </code>
/// </summary>
internal sealed class KernelEmitter
{
    private readonly LaneTarget target;
    private readonly ScratchLocals locals;
    private readonly Dictionary<Node, int> uses = [];
    private readonly Dictionary<Node, int> lastUse = [];
    private readonly Dictionary<Node, ParameterExpression> homes = [];
    private readonly Expression[] arguments;
    private readonly KernelConstants? constants;
    private ParameterExpression? constantsAt;
    private int step;

    private KernelEmitter(Kernel kernel, LaneTarget target, ScratchLocals locals)
    {
        this.target = target;
        this.locals = locals;
        arguments = new Expression[kernel.Arity];
        constants = target.KeepsConstants && KernelConstants.Of(kernel) is { AreMany: true } many ? many : null;
        Count(kernel.Result, 1);
        CountUses(kernel.Body);
        FindLastUses(kernel.Body);
        Touch(kernel.Result);
    }

    /// <summary>A block whose value is the function of x (and y) on scalars. Its scratch locals must be declared around it.</summary>
    /// <param name="kernel">The function.</param>
    /// <param name="x">The first argument, evaluated once.</param>
    /// <param name="y">The second argument of a function of two, evaluated once, after x.</param>
    /// <param name="locals">Where locals come from. Those of the arguments' own blocks may be among them.</param>
    public static BlockExpression Emit(Kernel kernel, Expression x, Expression? y, ScratchLocals locals) =>
        Emit(kernel, LaneTarget.Scalar(kernel.Kind), x, y, locals);

    /// <summary>The same in the lanes of a target of the kernel's kind.</summary>
    /// <param name="kernel">The function.</param>
    /// <param name="target">One lane or a vector.</param>
    /// <param name="x">The first argument, evaluated once.</param>
    /// <param name="y">The second argument of a function of two, evaluated once, after x.</param>
    /// <param name="locals">Where locals come from.</param>
    public static BlockExpression Emit(Kernel kernel, LaneTarget target, Expression x, Expression? y, ScratchLocals locals)
    {
        var emitter = new KernelEmitter(kernel, target, locals);
        var statements = new List<Expression>();
        var bound = new List<ParameterExpression>();
        emitter.Bind(0, x, y is not (null or ParameterExpression or ConstantExpression), statements, bound);
        if (y is not null)
        {
            emitter.Bind(1, y, false, statements, bound);
        }

        emitter.ReadConstants(emitter.constants?.Address, statements, bound);
        emitter.step = 0;
        emitter.Write(kernel.Body, statements);
        statements.Add(emitter.Value(kernel.Result));
        foreach (var local in emitter.homes.Values.Concat(bound))
        {
            locals.Return(local);
        }

        return Expression.Block(statements);
    }

    /// <summary>A mask stands for itself at each use: comparing again is cheaper than keeping a mask.</summary>
    private bool IsInline(Node node) => node.IsLeaf || node.Kind == LaneKind.Mask || (node.Primitive != Primitive.Outcome && uses[node] == 1);

    /// <summary>Holds an argument in a local if it is more than a name; in one that no expression knows, if another argument's code runs before its uses.</summary>
    private void Bind(int index, Expression argument, bool fresh, List<Expression> statements, List<ParameterExpression> bound)
    {
        if (argument is ParameterExpression or ConstantExpression)
        {
            arguments[index] = argument;
            return;
        }

        var local = fresh ? locals.Fresh(target.Float) : locals.Rent(target.Float);
        statements.Add(Expression.Assign(local, argument));
        bound.Add(local);
        arguments[index] = local;
    }

    // place = *address, which the JIT compiler does not know: else each constant would have an address in the code
    private void ReadConstants(nint? address, List<Expression> statements, List<ParameterExpression> bound)
    {
        if (address is { } slot)
        {
            constantsAt = locals.Rent(typeof(long));
            statements.Add(Expression.Assign(constantsAt, Clr.LoadLong(Expression.Constant((long)slot))));
            bound.Add(constantsAt);
        }
    }

    private void CountUses(Region region)
    {
        for (var i = region.Nodes.Count - 1; i >= 0; i--)
        {
            var node = region.Nodes[i];
            if (node is Branch branch)
            {
                Count(branch.Condition, 1 + branch.Outcomes.Length);
                Array.ForEach([.. branch.Fast, .. branch.Slow], operand => Count(operand, 1));
                CountUses(region.Slow(branch));
            }
            else
            {
                var times = node.Kind == LaneKind.Mask ? uses[node] : 1;
                Array.ForEach(node.Operands, operand => Count(operand, times));
            }
        }
    }

    private void Count(Node node, int times) => uses[node] = uses.GetValueOrDefault(node) + times;

    private void FindLastUses(Region region)
    {
        foreach (var node in region.Nodes)
        {
            if (node is Branch branch)
            {
                step++;
                Touch(branch.Condition);
                Array.ForEach(branch.Fast, Touch);
                FindLastUses(region.Slow(branch));
                step++;
                Touch(branch.Condition);
                Array.ForEach(branch.Slow, Touch);
            }
            else if (!IsInline(node))
            {
                step++;
                Array.ForEach(node.Operands, Touch);
            }
        }

        step += region.Nodes.Count == 0 ? 0 : 1;
    }

    /// <summary>The current step reads the locals that a value is made of.</summary>
    private void Touch(Node node)
    {
        if (node.IsLeaf)
        {
            return;
        }

        if (IsInline(node))
        {
            Array.ForEach(node.Operands, Touch);
        }
        else
        {
            lastUse[node] = step;
        }
    }

    private void Write(Region region, List<Expression> statements)
    {
        foreach (var node in region.Nodes)
        {
            if (node is Branch branch)
            {
                WriteBranch(branch, region.Slow(branch), statements);
            }
            else if (!IsInline(node))
            {
                step++;
                var value = Apply(node);
                FreeDead();
                statements.Add(Expression.Assign(Home(node), value));
            }
        }

        step += region.Nodes.Count == 0 ? 0 : 1;
    }

    private void WriteBranch(Branch branch, Region slow, List<Expression> statements)
    {
        step++;
        for (var i = 0; i < branch.Outcomes.Length; i++)
        {
            var fast = Value(branch.Fast[i]);
            statements.Add(Expression.Assign(Home(branch.Outcomes[i]), fast));
        }

        var condition = target.Any(branch.Condition, Value);
        var inner = new List<Expression>();
        var (outer, own) = (constantsAt, new List<ParameterExpression>());
        ReadConstants(constants?.RareAddress, inner, own);
        Write(slow, inner);
        step++;
        for (var i = 0; i < branch.Outcomes.Length; i++)
        {
            var home = homes[branch.Outcomes[i]];
            inner.Add(Expression.Assign(home, target.Slow(branch.Condition, Value, Value(branch.Slow[i]), home)));
        }

        constantsAt = outer;
        own.ForEach(locals.Return);
        FreeDead();
        statements.Add(Expression.IfThen(condition, Expression.Block(inner)));
    }

    private ParameterExpression Home(Node node)
    {
        var local = locals.Rent(node.Kind == LaneKind.Float ? target.Float : target.Integer);
        homes.Add(node, local);
        return local;
    }

    private void FreeDead()
    {
        foreach (var (node, local) in homes.Where(home => lastUse.GetValueOrDefault(home.Key) <= step).ToList())
        {
            homes.Remove(node);
            locals.Return(local);
        }
    }

    private Expression Value(Node node) => node.Primitive switch
    {
        Primitive.Argument => arguments[node.Integer],
        Primitive.Constant => constantsAt is null
            ? target.Constant(node)
            : Clr.CallGeneric(typeof(Memory), nameof(Memory.Load), [node.Kind == LaneKind.Float ? target.Float : target.Integer], Clr.At(constantsAt, constants!.Offset(node))),
        _ => homes.TryGetValue(node, out var local) ? local : Apply(node),
    };

    private Expression Apply(Node node) => node.Primitive == Primitive.Select
        ? target.Select(node.Operands[0], Value, Value(node.Operands[1]), Value(node.Operands[2]))
        : target.Apply(node, [.. node.Operands.Select(Value)]);
}
