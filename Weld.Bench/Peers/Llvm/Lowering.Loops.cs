using Weld.Core.Diagnostics;
using Weld.Core.IR;
using Weld.Core.Types;
using Weld.Managed.Layout;

namespace Weld.Bench.Peers.Llvm;

/// <summary>Loops: the iterators with their checks, the iterations in chunks with a look between them at whether to go on.</summary>
internal sealed partial class Lowering
{
    private const int ChunkSize = 4_096;
    private const int SimdBytes = 64;

    /// <summary>An iterator after its checks: for data the address of element 0 and the bytes from one to the next, for a range the first value and the stride.</summary>
    private sealed record Source(IterKind Kind, WeldType Element, string First, string Step);

    // for (i = 0; i < count;) { look; end = min(i + 4096, count); for (; i < end; i++) body }
    private Lowered LowerFor(For node)
    {
        var builder = Lower(node.Builder);
        var lanes = node.Iters.Min(i => i.IsChunked ? SimdBytes / MemoryLayout.Of(((VectorType)i.Data!.Type).Element).Size : SimdBytes);
        var sources = new List<Source>();
        string? count = null;
        foreach (var iter in node.Iters.Span)
        {
            var (source, found) = LowerIter(node, iter, lanes);
            sources.Add(source);
            if (count is not null)
            {
                FailUnless(_code.Do($"icmp eq i64 {count}, {found}"), RuntimeCode.MismatchedZipSize, node, count, found);
            }

            count ??= found;
        }

        var roomy = AppendsAtMostOnce.Of(node);
        var index = _code.Variable("i64", "0");
        var (chunk, inside, body, after) = (_code.Label(), _code.Label(), _code.Label(), _code.Label());
        _code.Begin(chunk);
        var start = _code.Get("i64", index);
        _code.Branch(_code.Do($"icmp slt i64 {start}, {count}"), inside, after);
        _code.Begin(inside);
        Look();
        var end = Least(_code.Do($"add i64 {start}, {ChunkSize}"), count!);
        var within = roomy ? WithRoom(node.Builder.Type, builder, _code.Do($"sub i64 {end}, {start}")) : builder;
        _code.Begin(body);
        var i = _code.Get("i64", index);
        _variables[node.Function.Parameters[0]] = within;
        _variables[node.Function.Parameters[1]] = new ScalarValue(i);
        var elements = sources.Select(s => ElementOf(s, i)).ToArray();
        _variables[node.Function.Parameters[2]] = elements.Length == 1 ? elements[0] : new StructValue(elements);
        if (!SameBuilder(within, Lower(node.Function.Body)))
        {
            throw new NotLoweredException("a loop that replaces its builder");
        }

        var next = _code.Do($"add i64 {i}, 1");
        _code.Set("i64", index, next);
        _code.Branch(_code.Do($"icmp slt i64 {next}, {end}"), body, chunk);
        _code.Begin(after);
        return builder;
    }

    private Lowered ElementOf(Source source, string index) => source.Kind == IterKind.Range
        ? new ScalarValue(_code.Do($"add i64 {source.First}, {_code.Do($"mul i64 {index}, {source.Step}")}"))
        : Load(source.Element, _code.Do($"getelementptr i8, ptr {source.First}, i64 {_code.Do($"mul i64 {index}, {source.Step}")}"));

    private (Source Source, string Count) LowerIter(For node, Iter iter, int lanes)
    {
        if (iter.Kind == IterKind.Range)
        {
            var (first, last, by) = (Scalar(iter.Start!), Scalar(iter.End!), Scalar(iter.Stride!));
            return (new Source(iter.Kind, ScalarType.I64, first, by), CountOf(node, first, last, by, "-1"));
        }

        var vector = (VectorValue)Lower(iter.Data!);
        var element = ((VectorType)iter.Data!.Type).Element;
        var size = MemoryLayout.Of(element).Size;
        switch (iter.Kind)
        {
            case IterKind.Scalar when iter.Start is null:
                return (new Source(iter.Kind, element, vector.Data, Text(size)), vector.Length);
            case IterKind.Scalar:
                var (start, end, stride) = (Scalar(iter.Start!), Scalar(iter.End!), Scalar(iter.Stride!));
                var count = CountOf(node, start, end, stride, vector.Length);
                return (new Source(iter.Kind, element, Element(vector.Data, start, size), _code.Do($"mul i64 {stride}, {size}")), count);
            case IterKind.NDimensional:
                throw new NotLoweredException("an n-dimensional iterator");
            default:
                var whole = _code.Do($"and i64 {vector.Length}, {-lanes}");
                return iter.Kind == IterKind.Simd
                    ? (new Source(iter.Kind, element, vector.Data, Text(size)), whole)
                    : (new Source(iter.Kind, element, Element(vector.Data, whole, size), Text(size)), _code.Do($"sub i64 {vector.Length}, {whole}"));
        }
    }

    private string CountOf(For node, string start, string end, string stride, string length)
    {
        var count = _code.Do($"call i64 {Callback(LlvmCallbacks.Count)}(ptr %call, i64 {start}, i64 {end}, i64 {stride}, i64 {length}, i64 {node.Span.Start}, i64 {node.Span.Length})");
        ReturnIf(_code.Do($"icmp slt i64 {count}, 0"));
        return count;
    }
}
