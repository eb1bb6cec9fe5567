using Weld.Core.Diagnostics;

namespace Weld.Core.IR;

/// <summary>Builders are used exactly once.</summary>
internal static class Linearity
{
    public static void Check(Lambda program, DiagnosticBag diagnostics)
    {
    }
}
