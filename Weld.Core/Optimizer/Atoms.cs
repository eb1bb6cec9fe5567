using Weld.Core.IR;

namespace Weld.Core.Optimizer;

/// <summary>Values that cost nothing, wherever and how often they stand.</summary>
internal static class Atoms
{
    /// <summary>A variable, a literal, or a field of a field of … a variable.</summary>
    public static bool IsAtom(Expr value)
    {
        while (value is Field f)
        {
            value = f.Operand;
        }

        return value is Ident or Literal;
    }
}
