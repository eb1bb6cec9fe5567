using System.Linq.Expressions;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using System.Security.Cryptography;
using Weld.Core.IR;
using Weld.Core.Types;
using Weld.Managed.Emit;
using Weld.Managed.Layout;
using Weld.Managed.Runtime;

namespace Weld.Managed.Builders;

/// <summary>A scalar of a key.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Offset">Where it lies in the key.</param>
/// <param name="Word">The word that holds it.</param>
/// <param name="Shift">Its lowest bit there.</param>
internal sealed record KeyField(ScalarKind Kind, int Offset, int Word, int Shift);

/// <summary>
/// Keys of a few scalars as one or two 64-bit words, equal for equal keys: a key of one scalar is its value, extended by its sign; more of them
/// are packed bit by bit. Compiled code has the words in registers, the tables read them from memory. The hash multiplies and folds (the scheme of
/// wyhash by Wang Yi) by secrets of the process's own, so that keys cannot be crafted to collide; no result depends on it.
/// </summary>
internal sealed class KeyWords
{
    /// <summary>A secret.</summary>
    public static readonly ulong Seed = Secret();

    /// <summary>Another one.</summary>
    public static readonly ulong SecondSeed = Secret();

    /// <summary>An odd one.</summary>
    public static readonly ulong Multiplier = Secret() | 1;

    private const int WordBits = 64;

    private readonly KeyField[] _fields;

    /// <summary>The kind of a key that is one scalar at its start.</summary>
    private readonly ScalarKind? _only;

    private KeyWords(KeyField[] fields, int count)
    {
        (_fields, Count) = (fields, count);
        _only = fields is [{ Offset: 0 } field] ? field.Kind : null;
    }

    /// <summary>1 or 2.</summary>
    public int Count { get; }

    /// <summary>The words of keys of a type, null where they are of other parts than scalars or need more than two.</summary>
    public static KeyWords? Of(MemoryLayout key)
    {
        var fields = new List<KeyField>();
        var (word, shift) = (0, 0);
        return Collect(key, 0) && fields.Count > 0 ? new KeyWords([.. fields], word + 1) : null;

        bool Collect(MemoryLayout layout, int offset)
        {
            if (layout.Type is ScalarType { Kind: var kind })
            {
                if (shift + (8 * kind.Size()) > WordBits)
                {
                    (word, shift) = (word + 1, 0);
                }

                fields.Add(new KeyField(kind, offset, word, shift));
                shift += 8 * kind.Size();
                return word < 2;
            }

            return layout.Type is StructType && layout.Parts.Zip(layout.Offsets).All(p => Collect(p.First, offset + p.Second));
        }
    }

    /// <summary>The hash of a key of one word.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Hash(long first, ulong seed, ulong multiplier) => Fold((ulong)first ^ seed, multiplier);

    /// <summary>The hash of a key of two words.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Hash(long first, long second, ulong seed, ulong secondSeed, ulong multiplier) =>
        Fold((ulong)Fold((ulong)first ^ seed, multiplier) ^ (ulong)second ^ secondSeed, multiplier);

    /// <summary>The upper half of a product and its lower one, folded.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Fold(ulong x, ulong y)
    {
        var high = Bmi2.X64.IsSupported ? Bmi2.X64.MultiplyNoFlags(x, y) : Math.BigMul(x, y, out _);
        return (long)(high ^ (x * y));
    }

    /// <summary>The one zero and the one NaN of keys that are equal.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Normal(double x) => x == 0 ? 0 : double.IsNaN(x) ? BitConverter.UInt64BitsToDouble(0x7ff8_0000_0000_0000) : x;

    /// <inheritdoc cref="Normal(double)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Normal(float x) => x == 0 ? 0 : float.IsNaN(x) ? BitConverter.UInt32BitsToSingle(0x7fc0_0000) : x;

    /// <summary>The words of a key in memory.</summary>
    public (long First, long Second) Read(long key)
    {
        switch (_only)
        {
            case ScalarKind.I64 or ScalarKind.U64 or ScalarKind.F64:
                return (Memory.Load<long>(key), 0);
            case ScalarKind.I32:
                return (Memory.Load<int>(key), 0);
        }

        var (first, second) = (0L, 0L);
        foreach (var field in _fields)
        {
            var bits = ReadScalar(field, key) << field.Shift;
            (first, second) = field.Word == 0 ? (first | bits, second) : (first, second | bits);
        }

        return (first, second);
    }

    /// <summary>Writes a key that has these words.</summary>
    public void Write(long key, long first, long second)
    {
        if (_only is ScalarKind.I64 or ScalarKind.U64 or ScalarKind.F64)
        {
            Memory.Store(key, first);
            return;
        }

        foreach (var field in _fields)
        {
            var bits = (field.Word == 0 ? first : second) >>> field.Shift;
            switch (field.Kind.Size())
            {
                case 1:
                    Memory.Store(key + field.Offset, (byte)bits);
                    break;
                case 2:
                    Memory.Store(key + field.Offset, (ushort)bits);
                    break;
                case 4:
                    Memory.Store(key + field.Offset, (uint)bits);
                    break;
                default:
                    Memory.Store(key + field.Offset, bits);
                    break;
            }
        }
    }

    /// <summary>The hash of a key's words.</summary>
    public long HashOf(long first, long second) => Count == 1 ? Hash(first, Seed, Multiplier) : Hash(first, second, Seed, SecondSeed, Multiplier);

    /// <summary>Emits the words of a normalised key.</summary>
    public Expression[] Emit(FunctionEmitter emitter, Operand key)
    {
        var scalars = Reduction.Flatten(key).ToArray();
        return [.. Pack(i => scalars[i]).Select(w => emitter.Local(w, "word"))];
    }

    /// <summary>Emits the writing of a key that has these words.</summary>
    public void EmitWrite(FunctionEmitter emitter, Expression[] words, Expression key)
    {
        foreach (var field in _fields)
        {
            var kind = field.Kind.Size() switch { 1 => ScalarKind.U8, 2 => ScalarKind.U16, 4 => ScalarKind.U32, _ => ScalarKind.I64 };
            var bits = field.Shift == 0 ? words[field.Word] : Expression.RightShift(words[field.Word], Expression.Constant(field.Shift));
            emitter.Do(Clr.Store(kind, Clr.At(key, field.Offset), kind == ScalarKind.I64 ? bits : Expression.Convert(bits, Clr.Numeric(kind))));
        }
    }

    /// <summary>Whether a key in memory has these words.</summary>
    public Expression EmitEqual(Expression[] words, Expression key) =>
        words.Zip(Pack(i => Clr.Load(_fields[i].Kind, Clr.At(key, _fields[i].Offset))), Expression.Equal).Aggregate(Expression.AndAlso);

    /// <summary>The hash of words; the secrets are constants of the code.</summary>
    public static Expression EmitHash(Expression[] words)
    {
        Expression[] arguments = words is [var only]
            ? [only, Expression.Constant(Seed), Expression.Constant(Multiplier)]
            : [.. words, Expression.Constant(Seed), Expression.Constant(SecondSeed), Expression.Constant(Multiplier)];
        return Expression.Call(typeof(KeyWords).GetMethod(nameof(Hash), [.. arguments.Select(a => a.Type)])!, arguments);
    }

    /// <summary>Emits the bits of a scalar that is no float, extended by zeros.</summary>
    public static Expression EmitBits(ScalarKind kind, Expression value) => Expression.Convert(Bits(kind, value, isSigned: false), typeof(long));

    /// <summary>The bits of a scalar in memory, extended by zeros.</summary>
    public static long BitsAt(ScalarKind kind, long at) => kind switch
    {
        ScalarKind.Bool => Memory.ToByte(Memory.LoadBool(at)),
        _ => kind.Size() switch
        {
            1 => Memory.Load<byte>(at),
            2 => Memory.Load<ushort>(at),
            4 => Memory.Load<uint>(at),
            _ => Memory.Load<long>(at),
        },
    };

    private Expression[] Pack(Func<int, Expression> scalar)
    {
        var words = new Expression?[Count];
        for (var i = 0; i < _fields.Length; i++)
        {
            var field = _fields[i];
            Expression bits = Expression.Convert(Bits(field.Kind, scalar(i), isSigned: _only is not null), typeof(long));
            bits = field.Shift == 0 ? bits : Expression.LeftShift(bits, Expression.Constant(field.Shift));
            words[field.Word] = words[field.Word] is { } lower ? Expression.Or(lower, bits) : bits;
        }

        return words!;
    }

    private static Expression Bits(ScalarKind kind, Expression value, bool isSigned) => kind switch
    {
        ScalarKind.Bool => Clr.Call(typeof(Memory), nameof(Memory.ToByte), value),
        ScalarKind.F32 => Expression.Call(typeof(BitConverter).GetMethod(nameof(BitConverter.SingleToUInt32Bits))!, value),
        ScalarKind.F64 => Expression.Call(typeof(BitConverter).GetMethod(nameof(BitConverter.DoubleToUInt64Bits))!, value),
        _ when isSigned || !kind.IsSigned() => value,
        ScalarKind.I8 => Expression.Convert(value, typeof(byte)),
        ScalarKind.I16 => Expression.Convert(value, typeof(ushort)),
        ScalarKind.I32 => Expression.Convert(value, typeof(uint)),
        _ => value,
    };

    private static ulong Secret() => BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));

    private long ReadScalar(KeyField field, long key)
    {
        var at = key + field.Offset;
        return field.Kind switch
        {
            ScalarKind.I8 when _only is not null => Memory.Load<sbyte>(at),
            ScalarKind.I16 when _only is not null => Memory.Load<short>(at),
            ScalarKind.I32 when _only is not null => Memory.Load<int>(at),
            _ => BitsAt(field.Kind, at),
        };
    }
}
