using System.Linq.Expressions;
using Weld.Core.IR;
using Weld.Core.Types;

namespace Weld.Managed.Emit;

/// <summary>One iterator of a loop after its checks: what element i is, from constants and variables that do not change while the loop runs.</summary>
/// <param name="Kind">How elements are found.</param>
/// <param name="Element">The type of an element; for simd loops of a lane.</param>
/// <param name="Values">
/// For data: the address of element 0, and the distance between two elements in bytes. For a range: the first value and the stride. For an
/// n-dimensional iterator: the address of its table (see <see cref="Runtime.NdTable"/>).
/// </param>
internal sealed record LoopSource(IterKind Kind, WeldType Element, Expression[] Values);
