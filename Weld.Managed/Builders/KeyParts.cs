using System.Linq.Expressions;
using Weld.Core.Types;
using Weld.Managed.Emit;

namespace Weld.Managed.Builders;

/// <summary>A key of texts and scalars that compiled code has in variables.</summary>
/// <param name="Texts">Its texts, in order.</param>
/// <param name="Scalars">The bits of its scalars, in order.</param>
/// <param name="Hash">Its hash.</param>
internal sealed record KeyParts(TextVariables[] Texts, Expression[] Scalars, Expression Hash)
{
    /// <summary>A key that is a text.</summary>
    public static KeyParts Of(TextVariables text) => new([text], [], text.Hash);

    /// <summary>Emits the reading of a key without floats (<see cref="KeyShape.Hash"/>).</summary>
    public static KeyParts Emit(FunctionEmitter emitter, Operand key, KeyShape shape)
    {
        var (texts, scalars, next) = (new List<TextVariables>(), new List<Expression>(), 0);
        Expression hash = Expression.Constant((long)KeyWords.Seed);
        Add(emitter.Hold(key));
        return new([.. texts], [.. scalars], emitter.Local(Clr.Call(typeof(KeyShape), nameof(KeyShape.HashEnd), hash), "hash"));

        void Add(Operand part)
        {
            switch (part)
            {
                case StructOperand s:
                    Array.ForEach(s.Fields, Add);
                    return;
                case VectorOperand v:
                    texts.Add(TextVariables.Emit(emitter, v, shape.Parts[next].ElementSize));
                    Fold(texts[^1].Hash);
                    return;
                default:
                    scalars.Add(emitter.Local(KeyWords.EmitBits(shape.Parts[next].Kind!.Value, ((ScalarOperand)part).Value), "bits"));
                    Fold(scalars[^1]);
                    return;
            }
        }

        void Fold(Expression part)
        {
            hash = emitter.Local(Clr.Call(typeof(KeyShape), nameof(KeyShape.HashPart), hash, part, Expression.Constant(KeyWords.Multiplier)));
            next++;
        }
    }

    // (… | (cell.first ^ first) | (cell.last ^ last) | (cell.length ^ length) | (cell.scalar ^ scalar) | …) == 0 && (bytes <= 16 || …) && …
    /// <summary>Whether a cell has this key.</summary>
    /// <param name="cell">The cell, or the entry of a finished dictionary, which has no digests.</param>
    /// <param name="shape">What is known of the keys.</param>
    /// <param name="digests">Where in the cell the digests of the texts are; null for none.</param>
    public Expression EmitEqual(Expression cell, KeyShape shape, int? digests)
    {
        var differ = Texts.Select((text, i) => text.EmitDiffer(cell, shape.Texts[i].Offset, digests + (i * TextKey.DigestBytes))).Concat(DifferScalars(cell, shape)).Aggregate(Expression.Or);
        return Texts.Select((text, i) => text.EmitEqual(cell, shape.Texts[i].Offset, digests is not null)).Aggregate((Expression)Expression.Equal(differ, Clr.Zero), Expression.AndAlso);
    }

    private IEnumerable<Expression> DifferScalars(Expression cell, KeyShape shape) => shape.Parts.Where(p => p.Kind is not null).Zip(
        Scalars, (part, bits) => (Expression)Expression.ExclusiveOr(KeyWords.EmitBits(part.Kind!.Value, Clr.Load(part.Kind.Value, Clr.At(cell, part.Offset))), bits));
}
