using Weld.Core.Diagnostics;
using Weld.Core.IR;
using Weld.Core.Types;
using Weld.Managed.Layout;

namespace Weld.Bench.Peers.Llvm;

/// <summary>Iterators, with their checks.</summary>
internal sealed partial class Lowering
{
    /// <summary>
    /// An iterator after its checks: for data the address of element 0 and the bytes from one to the next, for a range the first value and the stride, for an n-dimensional
    /// one the address of its table.
    /// </summary>
    private sealed record Source(IterKind Kind, WeldType Element, string First, string Step);

    private (IReadOnlyList<Source> Sources, string Count) LowerIters(For node)
    {
        var lanes = node.Iters.Min(i => i.IsChunked ? SimdBytes / MemoryLayout.Of(((VectorType)i.Data!.Type).Element).Size : SimdBytes);
        var sources = new List<Source>();
        string? count = null;
        foreach (var iter in node.Iters.Span)
        {
            var (source, found) = LowerIter(node, iter, lanes);
            sources.Add(source);
            if (count is not null)
            {
                FailUnless(new(_code.Do($"icmp eq i64 {count}, {found}")), RuntimeCode.MismatchedZipSize, node, new(count), new(found));
            }

            count ??= found;
        }

        return (sources, count!);
    }

    private Lowered ElementOf(Source source, string index) => source.Kind switch
    {
        IterKind.Range => new ScalarValue(_code.Do($"add i64 {source.First}, {_code.Do($"mul i64 {index}, {source.Step}")}")),
        IterKind.NDimensional => Load(source.Element, ShapedAddress(source.First, index)),
        _ => Load(source.Element, AddressOf(source, index)),
    };

    private string AddressOf(Source source, string index) => _code.Do($"getelementptr i8, ptr {source.First}, i64 {_code.Do($"mul i64 {index}, {source.Step}")}");

    private (Source Source, string Count) LowerIter(For node, Iter iter, int lanes)
    {
        if (iter.Kind == IterKind.Range)
        {
            var (first, last, by) = (Scalar(iter.Start!).Name, Scalar(iter.End!).Name, Scalar(iter.Stride!).Name);
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
                var (start, end, stride) = (Scalar(iter.Start!).Name, Scalar(iter.End!).Name, Scalar(iter.Stride!).Name);
                var count = CountOf(node, start, end, stride, vector.Length);
                return (new Source(iter.Kind, element, Element(vector.Data, start, size), _code.Do($"mul i64 {stride}, {size}")), count);
            case IterKind.NDimensional:
                return LowerShaped(node, iter, vector, element);
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

    private (Source Source, string Count) LowerShaped(For node, Iter iter, VectorValue vector, WeldType element)
    {
        var start = Scalar(iter.Start!).Name;
        _ = (Lower(iter.End!), Lower(iter.Stride!));
        var (shape, strides) = ((VectorValue)Lower(iter.Shape!), (VectorValue)Lower(iter.Strides!));
        string[] numbers = [vector.Length, Text(MemoryLayout.Of(element).Size), start];
        var table = _code.Do(
            $"call ptr {Callback(LlvmCallbacks.Shape)}(ptr %call, ptr {vector.Data}, {string.Join(", ", numbers.Select(n => $"i64 {n}"))}, ptr {shape.Data}, i64 {shape.Length}, ptr {strides.Data}, i64 {strides.Length}, i64 {node.Span.Start}, i64 {node.Span.Length})");
        ReturnIf(_code.Do($"icmp eq ptr {table}, null"));
        return (new Source(iter.Kind, element, table, "0"), LoadPart("i64", table, NativeShape.CountOffset));
    }

    /// <summary>The address of an element in row-major order.</summary>
    private string ShapedAddress(string table, string index)
    {
        // for (d = rank − 1, place = 0; d >= 0; d--, index /= extent[d]) place += index % extent[d] · stride[d]
        Declare($$"""
            define internal ptr @shaped(ptr %table, i64 %index) nounwind {
            entry:
              %data = load ptr, ptr %table
              %sizeAt = getelementptr i8, ptr %table, i64 {{NativeShape.SizeOffset}}
              %size = load i64, ptr %sizeAt
              %rankAt = getelementptr i8, ptr %table, i64 {{NativeShape.RankOffset}}
              %rank = load i64, ptr %rankAt
              br label %top
            top:
              %d = phi i64 [ %rank, %entry ], [ %dim, %body ]
              %left = phi i64 [ %index, %entry ], [ %rest, %body ]
              %place = phi i64 [ 0, %entry ], [ %sum, %body ]
              %more = icmp sgt i64 %d, 0
              br i1 %more, label %body, label %done
            body:
              %dim = sub i64 %d, 1
              %offset = mul i64 %dim, 16
              %pairs = getelementptr i8, ptr %table, i64 {{NativeShape.DimensionsOffset}}
              %extentAt = getelementptr i8, ptr %pairs, i64 %offset
              %strideAt = getelementptr i8, ptr %extentAt, i64 8
              %extent = load i64, ptr %extentAt
              %stride = load i64, ptr %strideAt
              %rest = sdiv i64 %left, %extent
              %counter = srem i64 %left, %extent
              %step = mul i64 %counter, %stride
              %sum = add i64 %place, %step
              br label %top
            done:
              %bytes = mul i64 %place, %size
              %address = getelementptr i8, ptr %data, i64 %bytes
              ret ptr %address
            }
            """);
        return _code.Do($"call ptr @shaped(ptr {table}, i64 {index})");
    }
}
