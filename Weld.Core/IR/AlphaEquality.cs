namespace Weld.Core.IR;

/// <summary>Equality of programs modulo the names of bound variables.</summary>
public static class AlphaEquality
{
}
