using Weld.Core.IR;
using Weld.Core.Types;
using Weld.Core.Values;

namespace Weld.Tests.Properties;

/// <summary>Counts the iterations of all loops of a program, by a host function called in each.</summary>
internal sealed class IterationCounter
{
    private const string Name = "count_iteration";

    /// <param name="functions">What the program calls besides.</param>
    public IterationCounter(ForeignFunctions functions) =>
        Functions = functions.Add(new(Name, new FunctionType([], ScalarType.Bool), true, _ =>
        {
            Count++;
            return new ScalarValue(Scalar.Bool(true));
        }));

    /// <summary>The iterations so far.</summary>
    public long Count { get; private set; }

    /// <summary>What the counted program calls.</summary>
    public ForeignFunctions Functions { get; }

    /// <summary>The same program, with a call in each loop.</summary>
    public static Lambda Counted(Lambda program) => (Lambda)Counted((Expr)program);

    private static Expr Counted(Expr e)
    {
        var inner = e.Map(Counted);
        return inner is For { Function: var f } loop
            ? loop with { Function = f with { Body = new Let(new Symbol("counted", ScalarType.Bool), new ForeignCall(Name, ScalarType.Bool, []), f.Body) } }
            : inner;
    }
}
