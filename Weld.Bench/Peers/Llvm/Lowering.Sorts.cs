using Weld.Core.IR;
using Weld.Core.Types;
using Weld.Core.Values;
using Weld.Managed.Layout;

namespace Weld.Bench.Peers.Llvm;

/// <summary>Sorts, stable, with the comparator in place: what it is asked, and in which order, is what <see cref="StableSort"/> asks.</summary>
internal sealed partial class Lowering
{
    // runs of 8 by insertion; for (width = 8; width < n; width *= 2, exchange(from, to)) for (low = 0; low < n; low += 2 · width) merge from[low …] and from[low + width …] into to[low …]
    private VectorValue LowerSort(Sort node)
    {
        var vector = (VectorValue)Lower(node.Vector);
        var size = MemoryLayout.Of(((VectorType)node.Type).Element).Size;
        var bytes = _code.Do($"mul i64 {vector.Length}, {size}");
        var (from, to, width, low) = (_code.Variable("ptr", Allocate(bytes)), _code.Variable("ptr", Allocate(bytes)), _code.Variable("i64", Text(StableSort.InsertionRun)), _code.Variable("i64"));
        Copy(_code.Get("ptr", from), vector.Data, vector.Length, size);
        InsertRuns(node, _code.Get("ptr", from), vector.Length);
        var (pass, begin, runs, merge, exchange, after) = (_code.Label(), _code.Label(), _code.Label(), _code.Label(), _code.Label(), _code.Label());
        _code.Begin(pass);
        _code.Branch(_code.Do($"icmp slt i64 {_code.Get("i64", width)}, {vector.Length}"), begin, after);
        _code.Begin(begin);
        _code.Set("i64", low, "0");
        _code.Begin(runs);
        _code.Branch(_code.Do($"icmp slt i64 {_code.Get("i64", low)}, {vector.Length}"), merge, exchange);
        _code.Begin(merge);
        var middle = Least(_code.Do($"add i64 {_code.Get("i64", low)}, {_code.Get("i64", width)}"), vector.Length);
        var high = Least(_code.Do($"add i64 {middle}, {_code.Get("i64", width)}"), vector.Length);
        MergeRuns(node, _code.Get("ptr", from), _code.Get("ptr", to), _code.Get("i64", low), middle, high);
        _code.Set("i64", low, high);
        _code.Jump(runs);
        _code.Begin(exchange);
        var source = _code.Get("ptr", from);
        _code.Set("ptr", from, _code.Get("ptr", to));
        _code.Set("ptr", to, source);
        _code.Set("i64", width, _code.Do($"shl i64 {_code.Get("i64", width)}, 1"));
        _code.Jump(pass);
        _code.Begin(after);
        return new VectorValue(_code.Get("ptr", from), vector.Length);
    }

    // for (i = 0; i < n; i++) { x = data[i]; for (j = i; j % 8 != 0 && !inOrder(data[j − 1], x); j--) data[j] = data[j − 1]; data[j] = x; }
    private void InsertRuns(Sort node, string data, string count)
    {
        var element = ((VectorType)node.Type).Element;
        var size = MemoryLayout.Of(element).Size;
        Repeat(count, i =>
        {
            var item = Load(element, Element(data, i, size));
            var place = _code.Variable("i64", i);
            var (top, compare, shift, found) = (_code.Label(), _code.Label(), _code.Label(), _code.Label());
            _code.Begin(top);
            var j = _code.Get("i64", place);
            _code.Branch(_code.Do($"icmp eq i64 {_code.Do($"and i64 {j}, {StableSort.InsertionRun - 1}")}, 0"), found, compare);
            _code.Begin(compare);
            var before = _code.Do($"sub i64 {j}, 1");
            var left = Load(element, Element(data, before, size));
            _code.Branch(IsInOrder(node, left, item), found, shift);
            _code.Begin(shift);
            Store(element, left, Element(data, j, size));
            _code.Set("i64", place, before);
            _code.Jump(top);
            _code.Begin(found);
            Store(element, item, Element(data, _code.Get("i64", place), size));
        });
    }

    // for (i = low, j = middle, k = low; k < high;) to[k++] = j == high || (i < middle && inOrder(from[i], from[j])) ? from[i++] : from[j++]
    private void MergeRuns(Sort node, string from, string to, string low, string middle, string high)
    {
        var element = ((VectorType)node.Type).Element;
        var size = MemoryLayout.Of(element).Size;
        var (i, j, k, isLeft) = (_code.Variable("i64", low), _code.Variable("i64", middle), _code.Variable("i64", low), _code.Variable("i1"));
        var (top, more, both, compare, take, after) = (_code.Label(), _code.Label(), _code.Label(), _code.Label(), _code.Label(), _code.Label());
        _code.Begin(top);
        _code.Branch(_code.Do($"icmp slt i64 {_code.Get("i64", k)}, {high}"), more, after);
        _code.Begin(more);
        Look();
        _code.Set("i1", isLeft, "true");
        _code.Branch(_code.Do($"icmp slt i64 {_code.Get("i64", j)}, {high}"), both, take);
        _code.Begin(both);
        _code.Set("i1", isLeft, "false");
        _code.Branch(_code.Do($"icmp slt i64 {_code.Get("i64", i)}, {middle}"), compare, take);
        _code.Begin(compare);
        _code.Set("i1", isLeft, IsInOrder(node, Load(element, Element(from, _code.Get("i64", i), size)), Load(element, Element(from, _code.Get("i64", j), size))));
        _code.Begin(take);
        var left = _code.Get("i1", isLeft);
        var (one, other) = (_code.Get("i64", i), _code.Get("i64", j));
        Copy(Element(to, _code.Get("i64", k), size), Element(from, Pick("i64", left, one, other), size), "1", size);
        var step = _code.Do($"zext i1 {left} to i64");
        _code.Set("i64", i, _code.Do($"add i64 {one}, {step}"));
        _code.Set("i64", j, _code.Do($"add i64 {other}, {_code.Do($"sub i64 1, {step}")}"));
        _code.Set("i64", k, _code.Do($"add i64 {_code.Get("i64", k)}, 1"));
        _code.Jump(top);
        _code.Begin(after);
    }

    private string IsInOrder(Sort node, Lowered first, Lowered second)
    {
        _variables[node.Comparator.Parameters[0]] = first;
        _variables[node.Comparator.Parameters[1]] = second;
        return Do("icmp sle", "i32", Scalar(node.Comparator.Body), Zero).Name;
    }
}
