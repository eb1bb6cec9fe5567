using System.Linq.Expressions;
using Weld.Core.IR;
using Weld.Core.Types;
using Weld.Core.Values;
using Weld.Managed.Layout;
using Weld.Managed.Planning;
using Weld.Managed.Runtime;

namespace Weld.Managed.Emit;

/// <summary>Sorts (language.md §4.9): by keys where the comparator is one of keys, else by merging, with the comparator in place.</summary>
internal sealed partial class FunctionEmitter
{
    private const long InsertionRun = StableSort.InsertionRun;
    private const int KeyBits = 64;

    private Operand EmitSort(Sort node)
    {
        var vector = (VectorOperand)Hold(Emit(node.Vector));
        return new VectorOperand(EmitSort(node, vector, vector.Length), vector.Length);
    }

    /// <summary>The address of a sorted copy, of which only the first <paramref name="most"/> elements will be asked for.</summary>
    private ParameterExpression EmitSort(Sort node, VectorOperand vector, Expression most)
    {
        var element = ((VectorType)node.Type).Element;
        var size = MemoryLayout.Of(element).Size;
        var sorted = Local(Clr.Call(typeof(Memory), nameof(Memory.AllocateOwned), Run, vector.Length, Expression.Constant(size)), "sorted");
        if (SortPlan.Of(node.Comparator) is not { } plan || !EmitSortByKeys(node, plan, element, vector, sorted, most))
        {
            Do(Clr.Call(typeof(Memory), nameof(Memory.CopyLong), Run, sorted, vector.Data, Expression.Multiply(vector.Length, Expression.Constant((long)size))));
            EmitMergeSort(node, element, sorted, vector.Length, most);
        }

        Do(Clr.Call(typeof(Memory), nameof(Memory.Publish), Run, sorted));
        return sorted;
    }

    private bool EmitSortByKeys(Sort node, SortPlan plan, WeldType element, VectorOperand vector, ParameterExpression sorted, Expression most)
    {
        if (plan is { IsComplete: true, Keys: [{ Value: Ident, Descending: var descending }] })
        {
            if (element is ScalarType { Kind: var kind })
            {
                Do(Clr.CallGeneric(
                    typeof(ScalarSort), nameof(ScalarSort.Sort), [Clr.Numeric(kind)], Run, vector.Data, sorted, vector.Length, most, Expression.Constant(descending)));
                return true;
            }

            if (IsText(element))
            {
                Do(Clr.Call(
                    typeof(TextSort), nameof(TextSort.Sort), Run, vector.Data, sorted, vector.Length, most, Expression.Constant(IsSigned(element)), Expression.Constant(descending)));
                return true;
            }
        }

        if (plan.Keys[0].Value.Type is VectorType first && !IsText(first))
        {
            return false;
        }

        EmitSortThroughRows(node, plan, element, vector, sorted, most);
        return true;
    }

    // if (count < 2) copy; else:
    // rows[i] = (key of element i, i) for all i; sort rows; sorted[i] = vector[rows[i].Index];
    // where keys do not tell all: for each run of elements with equal keys, sort it by merging
    private void EmitSortThroughRows(Sort node, SortPlan plan, WeldType element, VectorOperand vector, ParameterExpression sorted, Expression most)
    {
        var (count, size) = (vector.Length, MemoryLayout.Of(element).Size);
        var copied = Scoped(() => Do(Clr.Call(typeof(Memory), nameof(Memory.CopyLong), Run, sorted, vector.Data, Expression.Multiply(count, Expression.Constant((long)size)))));
        Do(Expression.IfThenElse(Expression.LessThan(count, Expression.Constant(2L)), copied, Scoped(() =>
        {
            var (bits, isComplete) = Extent(plan);
            var packed = Local(Clr.Call(typeof(KeyedSort), nameof(KeyedSort.IsPacked), Expression.Constant(bits), count), "packed");
            var rows = Local(Clr.Call(typeof(KeyedSort), nameof(KeyedSort.AllocateRows), Run, count, packed), "rows");
            EmitLooking(count, i =>
            {
                Bind(node.Comparator.Parameters[0], Load(element, Local(Clr.Element(vector.Data, i, size))));
                Do(Clr.Call(typeof(KeyedSort), nameof(KeyedSort.Put), rows, packed, i, EmitKey(plan)));
            });
            var ordered = Local(Clr.Call(typeof(KeyedSort), nameof(KeyedSort.Sort), Run, rows, packed, count, most), "ordered");
            var asked = isComplete ? Local(Clr.Min(count, most), "asked") : ordered;
            Do(Clr.Call(typeof(KeyedSort), nameof(KeyedSort.Gather), Run, rows, packed, vector.Data, sorted, asked, Expression.Constant(size)));
            if (!isComplete)
            {
                EmitTies(node, element, size, (rows, packed), sorted, ordered, most);
            }

            Do(Clr.Call(typeof(Memory), nameof(Memory.Free), Run, rows));
        })));
    }

    private void EmitTies(Sort node, WeldType element, int size, (ParameterExpression Rows, ParameterExpression Packed) keyed, ParameterExpression sorted, Expression count, Expression most)
    {
        var asked = Local(Clr.Min(count, most), "asked");
        var start = Local(NextTie(Clr.Zero), "start");
        Loop(done =>
        {
            Do(Expression.IfThen(Expression.GreaterThanOrEqual(start, asked), Expression.Break(done)));
            Look();
            var end = Local(Clr.Call(typeof(KeyedSort), nameof(KeyedSort.EndOfTie), Run, keyed.Rows, keyed.Packed, start, count), "end");
            var length = Local(Expression.Subtract(end, start), "length");
            var tied = Local(Clr.Element(sorted, start, size), "tied");
            EmitMergeSort(node, element, tied, length, length);
            Do(Expression.Assign(start, NextTie(end)));
        });

        Expression NextTie(Expression from) => Clr.Call(typeof(KeyedSort), nameof(KeyedSort.NextTie), Run, keyed.Rows, keyed.Packed, from, count, asked);
    }

    /// <summary>How many bits the keys take that fit, and whether they tell all that the comparator does.</summary>
    private static (int Bits, bool IsComplete) Extent(SortPlan plan)
    {
        var bits = 0;
        foreach (var key in plan.Keys)
        {
            var taken = Taken(key, bits);
            bits += taken;
            if (key.Value.Type is not ScalarType s || taken < 8 * s.Kind.Size())
            {
                return (bits, false);
            }
        }

        return (bits, plan.IsComplete);
    }

    private static int Taken(SortKey key, int before) => key.Value.Type switch
    {
        ScalarType s => Math.Min(8 * s.Kind.Size(), KeyBits - before),
        { } t when IsText(t) => (KeyBits - before) / 8 * 8,
        _ => 0,
    };

    // key = key << bits | bits of the next key, for as many keys as fit, the last perhaps in part
    private ParameterExpression EmitKey(SortPlan plan)
    {
        var (packed, bits) = (Local(Expression.Constant(0ul), "key"), 0);
        foreach (var key in plan.Keys)
        {
            var taken = Taken(key, bits);
            if (taken == 0)
            {
                break;
            }

            bits += taken;
            var (value, width) = EmitKey(key);
            var part = Local(key.Descending ? Expression.Not(value) : value);
            Expression low = Expression.RightShift(Expression.LeftShift(part, Expression.Constant(KeyBits - width)), Expression.Constant(KeyBits - taken));
            Do(Expression.Assign(packed, taken == KeyBits ? low : Expression.Or(Expression.LeftShift(packed, Expression.Constant(taken)), low)));
            if (taken < width || key.Value.Type is not ScalarType)
            {
                break;
            }
        }

        return packed;
    }

    /// <summary>A key as an unsigned number of a width in bits that orders as it does; bits above the width may be set.</summary>
    private (Expression Value, int Width) EmitKey(SortKey key)
    {
        if (key.Value.Type is ScalarType { Kind: var kind })
        {
            return (Clr.CallGeneric(typeof(ScalarSort), nameof(ScalarSort.Key), [Clr.Numeric(kind)], OperatorEmitter.Numeric(EmitScalar(key.Value))), 8 * kind.Size());
        }

        var text = (VectorOperand)Emit(key.Value);
        return (Clr.Call(typeof(TextSort), nameof(TextSort.Prefix), text.Data, text.Length, Expression.Constant(IsSigned(key.Value.Type) ? 0x8080808080808080 : 0ul)), KeyBits);
    }

    private static bool IsText(WeldType type) => type is VectorType { Element: ScalarType { Kind: ScalarKind.I8 or ScalarKind.U8 } };

    private static bool IsSigned(WeldType type) => type is VectorType { Element: ScalarType { Kind: ScalarKind.I8 } };

    // Stable merge sort in place, the comparator in place too: runs of eight by insertion, then
    // for (width = 8; width < n; width *= 2) merge all pairs of runs of that width from one buffer into the other.
    // Only the first `most` of any run are ever asked for, so longer ones are cut. The interpreter's sort asks the comparator the same, so that an inconsistent
    // one gives the same permutation.
    private void EmitMergeSort(Sort node, WeldType element, ParameterExpression data, Expression count, Expression most)
    {
        var size = MemoryLayout.Of(element).Size;
        EmitInsertionRuns(node, element, size, data, count);
        Do(Expression.IfThen(Expression.GreaterThan(count, Expression.Constant(InsertionRun)), Scoped(() =>
        {
            var room = Local(Clr.Call(typeof(Memory), nameof(Memory.AllocateOwned), Run, count, Expression.Constant(size)), "room");
            var (from, to) = (Local(data, "from"), Local(room, "to"));
            var width = Local(Expression.Constant(InsertionRun), "width");
            Loop(done =>
            {
                Do(Expression.IfThen(Expression.GreaterThanOrEqual(width, count), Expression.Break(done)));
                var low = Local(Clr.Zero, "low");
                Loop(next =>
                {
                    Do(Expression.IfThen(Expression.GreaterThanOrEqual(low, count), Expression.Break(next)));
                    Look();
                    EmitMergeRuns(node, element, size, (from, to), low, width, count, most);
                });
                var swap = Local(from);
                Do(Expression.Assign(from, to));
                Do(Expression.Assign(to, swap));
                Do(Expression.Assign(width, Expression.Multiply(width, Expression.Constant(2L))));
            });
            var bytes = Expression.Multiply(Clr.Min(count, most), Expression.Constant((long)size));
            Do(Expression.IfThen(Expression.NotEqual(from, data), Clr.Call(typeof(Memory), nameof(Memory.CopyLong), Run, data, from, bytes)));
            Do(Clr.Call(typeof(Memory), nameof(Memory.Free), Run, room));
        })));
    }

    // for (i = 0; i < n; i++) { x = data[i]; for (j = i; j % 8 != 0 && f(data[j - 1], x) > 0; j--) data[j] = data[j - 1]; data[j] = x; }
    private void EmitInsertionRuns(Sort node, WeldType element, int size, ParameterExpression data, Expression count)
    {
        if (size == 0)
        {
            return;
        }

        var held = Hold(Scratch(size));
        EmitLooking(count, i =>
        {
            Do(Clr.Call(typeof(Memory), nameof(Memory.Copy), held, Clr.Element(data, i, size), Expression.Constant(size)));
            var j = Local(i, "j");
            Loop(placed =>
            {
                Do(Expression.IfThen(Expression.Equal(Expression.And(j, Expression.Constant(InsertionRun - 1)), Clr.Zero), Expression.Break(placed)));
                var before = Local(Clr.Element(data, Expression.Subtract(j, Clr.One), size));
                Do(Expression.IfThen(Expression.Not(EmitIsAfter(node, element, before, Local(held))), Expression.Break(placed)));
                Do(Clr.Call(typeof(Memory), nameof(Memory.Copy), Clr.Element(data, j, size), before, Expression.Constant(size)));
                Do(Expression.Assign(j, Expression.Subtract(j, Clr.One)));
            });
            Do(Clr.Call(typeof(Memory), nameof(Memory.Copy), Clr.Element(data, j, size), held, Expression.Constant(size)));
        });
    }

    // middle = min(low + width, n); high = min(middle + width, n); i = low; j = middle;
    // firstEnd = min(middle, low + most); secondEnd = min(high, middle + most); last = min(high, low + most);
    // for (k = low; k < last; k++) to[k] = j < secondEnd && (i == firstEnd || f(from[i], from[j]) > 0) ? from[j++] : from[i++];
    // low = high
    private void EmitMergeRuns(
        Sort node,
        WeldType element,
        int size,
        (ParameterExpression From, ParameterExpression To) buffers,
        ParameterExpression low,
        ParameterExpression width,
        Expression count,
        Expression most)
    {
        var middle = Local(Clr.Min(Expression.Add(low, width), count), "middle");
        var high = Local(Clr.Min(Expression.Add(middle, width), count), "high");
        var firstEnd = Local(Clr.Min(middle, Expression.Add(low, most)), "firstEnd");
        var secondEnd = Local(Clr.Min(high, Expression.Add(middle, most)), "secondEnd");
        var last = Local(Clr.Min(high, Expression.Add(low, most)), "last");
        var (i, j, k) = (Local(low, "i"), Local(middle, "j"), Local(low, "k"));
        CountTo(k, last, () =>
        {
            Do(Expression.IfThen(Expression.Equal(Expression.And(k, Expression.Constant(4095L)), Expression.Constant(4095L)), Scoped(Look)));
            var second = Local(Expression.Equal(i, firstEnd), "second");
            Do(Expression.IfThen(
                Expression.AndAlso(Expression.Not(second), Expression.LessThan(j, secondEnd)),
                Scoped(() => Do(Expression.Assign(
                    second, EmitIsAfter(node, element, Local(Clr.Element(buffers.From, i, size)), Local(Clr.Element(buffers.From, j, size))))))));
            var taken = Local(typeof(long), "taken");
            Do(Expression.IfThenElse(
                second,
                Expression.Block(Expression.Assign(taken, j), Expression.Assign(j, Expression.Add(j, Clr.One))),
                Expression.Block(Expression.Assign(taken, i), Expression.Assign(i, Expression.Add(i, Clr.One)))));
            Do(Clr.Call(typeof(Memory), nameof(Memory.Copy), Clr.Element(buffers.To, k, size), Clr.Element(buffers.From, taken, size), Expression.Constant(size)));
        });
        Do(Expression.Assign(low, high));
    }

    /// <summary>Whether the comparator puts the element at an address after that at another.</summary>
    private Expression EmitIsAfter(Sort node, WeldType element, ParameterExpression left, ParameterExpression right)
    {
        Bind(node.Comparator.Parameters[0], Load(element, left));
        Bind(node.Comparator.Parameters[1], Load(element, right));
        return Expression.GreaterThan(EmitScalar(node.Comparator.Body), Expression.Constant(0));
    }

    /// <summary>Emits <c>for (i = 0; i &lt; count; i++) body</c>, with a look at whether to go on every now and then.</summary>
    private void EmitLooking(Expression count, Action<ParameterExpression> emitBody)
    {
        var i = Local(Clr.Zero, "i");
        CountTo(i, count, () =>
        {
            Do(Expression.IfThen(Expression.Equal(Expression.And(i, Expression.Constant(4095L)), Expression.Constant(4095L)), Scoped(Look)));
            emitBody(i);
        });
    }
}
