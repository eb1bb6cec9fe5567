using System.Globalization;
using Weld.Core.IR;
using Weld.Core.Types;

namespace Weld.Core.Optimizer.Passes;

/// <summary>Branches become selects where that is faster; where only the data can tell, the loop is marked to find out while it runs.</summary>
internal static class Predicate
{
    public static readonly Pass Pass = new("predicate", "Branches become selects where that is faster, or loops find out while they run.", Choose, InLoop);

    /// <summary>What two branches may cost together so that computing both costs no more than a wrong guess now and then.</summary>
    private const int Cheap = 2;

    // if(c, a, b)  =>  select(c, a, b)    of scalars, where a and b cannot fail and are cheap, or the program says @(predicate: true)
    private static Expr? Choose(Expr node) =>
        node is If { Type: ScalarType } i && Predication.IsHarmless(i.Then) && Predication.IsHarmless(i.Else) && Wants(i, null, Cost.Of(i.Then) + Cost.Of(i.Else)) == true
            ? new Select(i.Condition, i.Then, i.Else)
            : null;

    // for(v, b, |b, i, x| if(c, merge(b, e), b))  =>  for(v, b, |b, i, x| merge(b, select(c, e, identity)))    where that is surely faster
    //                                             =>  @(adaptive: true) for(…)                                 where the data decide
    private static Expr? InLoop(Expr node)
    {
        if (node is not For loop || loop.Said("adaptive") is not null || loop.Iters.Any(i => i.IsChunked) || Predication.Of(loop) is not { } form)
        {
            return null;
        }

        var wanted = true;
        foreach (var branch in form.Branches)
        {
            switch (Wants(branch, loop, null))
            {
                case false:
                    return null;
                case null when Selectivity(branch) is { } p:
                    if (!IsFaster(p, form.Cost))
                    {
                        return null;
                    }

                    break;
                case null:
                    wanted = false;
                    break;
            }
        }

        return wanted ? loop with { Function = loop.Function with { Body = form.Body } }
            : form.CanSample && IsFaster(0.5, form.Cost) ? loop.With("adaptive", "true")
            : null;
    }

    /// <summary>What the program asks for, on the branch or on its loop; else true for a cheap branch, or null.</summary>
    private static bool? Wants(If branch, For? loop, int? cost) => (branch.Said("predicate") ?? loop?.Said("predicate")) switch
    {
        "true" => true,
        "false" => false,
        _ => cost <= Cheap ? true : null,
    };

    private static double? Selectivity(If branch) =>
        int.TryParse(branch.Said("branch_selectivity"), CultureInfo.InvariantCulture, out var selectivity) ? selectivity / 10_000.0 : null;

    /// <summary>Whether a body without branches is faster than one whose branches hold with probability p.</summary>
    private static bool IsFaster(double p, int cost) => Math.Min(p, 1 - p) * Cost.Miss > cost * (1 - p);
}
