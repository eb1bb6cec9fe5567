using System.Linq.Expressions;
using Weld.Core.IR;
using Weld.Core.Operators;
using Weld.Core.Optimizer.Passes;
using Weld.Core.Types;
using Weld.Managed.Builders;
using Weld.Managed.Layout;
using Weld.Managed.Runtime;

namespace Weld.Managed.Emit;

/// <summary>Vectors, dictionaries, bytes.</summary>
internal sealed partial class FunctionEmitter
{
    private readonly Dictionary<Expr, ParameterExpression> _hints = [];

    /// <summary>A key in memory, normalised: −0 is +0 and NaN is the one NaN.</summary>
    public Expression StoreKey(WeldType type, Operand key)
    {
        var block = Scratch(MemoryLayout.Of(type).Size);
        Store(type, key, block);
        if (KeyShape.HoldsFloats(type))
        {
            Do(Clr.Call(typeof(KeyShape), nameof(KeyShape.Normalize), Run, Expression.Constant(MemoryLayout.Of(type)), block));
        }

        return block;
    }

    /// <summary>The variable in which merges of the same key keep the number of its cell, and whether this is the first of them. What it holds may be of another key.</summary>
    public (ParameterExpression? Hint, bool IsFirst) HintOf(Expr key)
    {
        const int MostNodes = 8;
        if (key.Facts.Size > MostNodes)
        {
            return (null, true);
        }

        var isKnown = _hints.TryGetValue(key, out var hint);
        if (!isKnown)
        {
            _hints.Add(key, hint = _kernelLocals.Fresh(typeof(long)));
        }

        return (hint, !isKnown);
    }

    private Operand EmitVectorLiteral(VectorLiteral node)
    {
        if (node.Elements.Count == 0)
        {
            return new VectorOperand(Clr.Zero, Clr.Zero);
        }

        if (Program.Constant(node) is { } address)
        {
            return new VectorOperand(Expression.Constant(address), Expression.Constant((long)node.Elements.Count));
        }

        var size = MemoryLayout.Of(node.Element).Size;
        var elements = node.Elements.Select(e => Hold(Emit(e))).ToArray();
        var data = Local(Clr.Call(typeof(Memory), nameof(Memory.Allocate), Run, Expression.Constant((long)elements.Length), Expression.Constant(size)));
        for (var i = 0; i < elements.Length; i++)
        {
            var place = i == 0 ? data : Stable(Clr.At(data, (long)i * size));
            Store(node.Element, elements[i], place);
        }

        return new VectorOperand(data, Expression.Constant((long)elements.Length));
    }

    private VectorOperand EmitStringLiteral(StringLiteral node) =>
        node.Bytes.Count == 0
            ? new VectorOperand(Clr.Zero, Clr.Zero)
            : new VectorOperand(Expression.Constant(Program.Constant(node.Bytes.Span)), Expression.Constant((long)node.Bytes.Count));

    // zip(a, b) is result(for(zip(a, b), appender, |b, i, x| merge(b, x)))
    private Operand EmitZip(Zip node)
    {
        if (node.Vectors.Count == 1)
        {
            return Emit(node.Vectors[0]);
        }

        var element = ((VectorType)node.Type).Element;
        var builder = new Symbol("b", new AppenderType(element));
        var value = new Symbol("x", element);
        var function = new Lambda([builder, new Symbol("i", ScalarType.I64), value], new Merge(new Ident(builder), new Ident(value)));
        return Emit(new Result(new For(node.Vectors.To(v => new Iter(v)), new NewBuilder(new AppenderType(element)), function) { Span = node.Span }));
    }

    private Operand EmitVectorLookup(Lookup node)
    {
        var vector = (VectorOperand)Hold(Emit(node.Collection));
        var index = HoldScalar(node.Key);
        FailIf(OutOfRange(index, vector.Length), nameof(Fail.OutOfBounds), node, index, vector.Length);
        return ElementAt(node.Type, vector.Data, index);
    }

    /// <summary>Whether an index is not in 0 … length − 1, in one comparison.</summary>
    public static Expression OutOfRange(Expression index, Expression length) =>
        Expression.GreaterThanOrEqual(Expression.Convert(index, typeof(ulong)), Expression.Convert(length, typeof(ulong)));

    /// <summary>Whether an index is in 0 … length − 1, in one comparison.</summary>
    public static Expression InRange(Expression index, Expression length) =>
        Expression.LessThan(Expression.Convert(index, typeof(ulong)), Expression.Convert(length, typeof(ulong)));

    /// <summary>The element of a vector at an index that is known to be inside.</summary>
    private Operand ElementAt(WeldType element, Expression data, Expression index)
    {
        var address = Clr.Element(data, index, MemoryLayout.Of(element).Size);
        return element is ScalarType { Kind: var kind } ? new ScalarOperand(Clr.Load(kind, address)) : Load(element, Local(address));
    }

    private Operand EmitDictionaryLookup(Lookup node)
    {
        var entry = FindEntry((DictionaryType)node.Collection.Type, node.Collection, node.Key);
        FailIf(Expression.Equal(entry, Clr.Zero), nameof(Fail.KeyNotFound), node);
        return Load(node.Type, entry, ValueOffset((DictionaryType)node.Collection.Type));
    }

    private Operand EmitOptLookup(OptLookup node)
    {
        var type = (DictionaryType)node.Dictionary.Type;
        var entry = FindEntry(type, node.Dictionary, node.Key);
        var value = Declare(type.Value);
        Do(Expression.IfThenElse(
            Expression.Equal(entry, Clr.Zero),
            Scoped(() => Assign(value, Zero(type.Value))),
            Scoped(() => Assign(value, Load(type.Value, entry, ValueOffset(type))))));
        return new StructOperand([new ScalarOperand(Local(Expression.NotEqual(entry, Clr.Zero))), value]);
    }

    private Operand EmitKeyExists(KeyExists node) =>
        new ScalarOperand(Local(Expression.NotEqual(FindEntry((DictionaryType)node.Dictionary.Type, node.Dictionary, node.Key), Clr.Zero)));

    /// <summary>The address of the entry of a key, 0 if there is none.</summary>
    private ParameterExpression FindEntry(DictionaryType type, Expr dictionary, Expr key)
    {
        var table = (DictionaryOperand)Hold(Emit(dictionary));
        return new KeyCode(type).Find(this, table, Emit(key));
    }

    private static int ValueOffset(DictionaryType type) => DictionaryShape.Of(type).ValueOffset;

    private Operand EmitSlice(Slice node)
    {
        if (node.Says("limit", "true") && Limit.Applies(node))
        {
            return EmitLimited(node, (For)((Result)node.Vector).Builder);
        }

        var sort = node.Says("top_k", "true") && SortSlice.Applies(node) ? (Sort)node.Vector : null;
        var vector = (VectorOperand)Hold(Emit(sort?.Vector ?? node.Vector));
        var (start, count) = (HoldScalar(node.Start), HoldScalar(node.Count));
        CheckSlice(node, start, count, vector.Length);
        var taken = Local(Clr.Min(count, Expression.Subtract(vector.Length, start)), "taken");
        var data = sort is null ? vector.Data : EmitSort(sort, vector, Local(Expression.Add(start, taken), "most"));
        return new VectorOperand(Clr.Element(data, start, MemoryLayout.Of(((VectorType)node.Type).Element).Size), taken);
    }

    // The loop stops at start + count elements; where it ends with fewer, the check is the usual one.
    private VectorOperand EmitLimited(Slice node, For loop)
    {
        var (start, count) = (HoldScalar(node.Start), HoldScalar(node.Count));
        var needed = Local(Clr.Call(typeof(LoopDriver), nameof(LoopDriver.Needed), start, count), "needed");
        var vector = (VectorOperand)EmitResult(loop.Builder.Type, EmitFor(loop, needed));
        CheckSlice(node, start, count, vector.Length);
        return new VectorOperand(
            Clr.Element(vector.Data, start, MemoryLayout.Of(((VectorType)node.Type).Element).Size), Local(Clr.Min(count, Expression.Subtract(vector.Length, start))));
    }

    private void CheckSlice(Slice node, Expression start, Expression count, Expression length) => FailIf(
        Expression.OrElse(
            Expression.GreaterThan(Expression.Convert(start, typeof(ulong)), Expression.Convert(length, typeof(ulong))), Expression.LessThan(count, Clr.Zero)),
        nameof(Fail.SliceOutOfBounds),
        node,
        start,
        count,
        length);

    private Operand EmitToVector(ToVector node)
    {
        var dictionary = node.Dictionary is Result { Builder: var builder } ? CodeOf((BuilderType)builder.Type).Result(this, Emit(builder), DictionaryUse.Listed) : Emit(node.Dictionary);
        var header = Hold(((DictionaryOperand)dictionary).Header);
        return new VectorOperand(
            Clr.Call(typeof(DictionaryTable), nameof(DictionaryTable.Entries), header), Clr.Call(typeof(DictionaryTable), nameof(DictionaryTable.CountOf), header));
    }

    private Operand EmitSerialize(Serialize node)
    {
        var type = node.Operand.Type;
        var layout = MemoryLayout.Of(type);
        var value = Scratch(layout.Size);
        Store(type, Emit(node.Operand), value);
        var result = Scratch(16);
        Do(Clr.Call(typeof(Serializer), nameof(Serializer.Write), Run, Expression.Constant(layout), value, result));
        return HoldLoaded(Load(node.Type, result));
    }

    private Operand EmitDeserialize(Deserialize node)
    {
        var bytes = (VectorOperand)Hold(Emit(node.Operand));
        var layout = MemoryLayout.Of(node.ResultType);
        var result = Scratch(layout.Size);
        Do(Clr.Call(
            typeof(Serializer), nameof(Serializer.Read), Run, Expression.Constant(layout), bytes.Data, bytes.Length, result, Expression.Constant(node.Span.Start), Expression.Constant(node.Span.Length)));
        return HoldLoaded(Load(node.ResultType, result));
    }
}
