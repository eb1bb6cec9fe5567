using System.Linq.Expressions;

namespace Weld.Managed.Emit;

/// <summary>A pool of locals of one lambda, whose outermost block declares <see cref="Variables"/>. Reuse keeps the lambda below the JIT's limits on locals.</summary>
internal sealed class ScratchLocals
{
    private readonly List<ParameterExpression> variables = [];
    private readonly Dictionary<Type, Stack<ParameterExpression>> free = [];

    /// <summary>Every local handed out so far.</summary>
    public IReadOnlyList<ParameterExpression> Variables => variables;

    /// <summary>A local that nothing live uses.</summary>
    public ParameterExpression Rent(Type type) => free.TryGetValue(type, out var stack) && stack.TryPop(out var local) ? local : Fresh(type);

    /// <summary>A local that no expression built so far mentions.</summary>
    public ParameterExpression Fresh(Type type)
    {
        var local = Expression.Variable(type, $"s{variables.Count}");
        variables.Add(local);
        return local;
    }

    /// <summary>Gives a local back: expressions built from now on may assign it.</summary>
    public void Return(ParameterExpression local)
    {
        if (!free.TryGetValue(local.Type, out var stack))
        {
            free.Add(local.Type, stack = []);
        }

        stack.Push(local);
    }
}
