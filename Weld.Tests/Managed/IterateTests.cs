namespace Weld.Tests.Managed;

/// <summary>States whose fields move to other fields.</summary>
public sealed class IterateTests
{
    [Theory]
    [InlineData("|v: vec[i64], x: i64| iterate({x, x + 1L, 0L}, |s| {{s.$1, s.$0, s.$2 + 1L}, s.$2 < 4L})")]
    [InlineData("|v: vec[i64], x: i64| iterate({x, x + 1L, 0L}, |s| {{s.$0 + 1L, s.$0, s.$2 + 1L}, s.$2 < 4L})")]
    [InlineData("|v: vec[i64], x: i64| iterate({{x, 1L}, {2L, x}, 0L}, |s| {{s.$1, {s.$0.$1, s.$0.$0}, s.$2 + 1L}, s.$2 < 4L})")]
    [InlineData("|v: vec[i64], x: i64| iterate({v, [1L], 0L}, |s| {{s.$1, s.$0, s.$2 + 1L}, s.$2 < 4L})")]
    [InlineData("|v: vec[i64], x: i64| iterate({v, [x], 0L}, |s| {{map(s.$1, |y| y + x), s.$0, s.$2 + 1L}, s.$2 < 5L})")]
    [InlineData("|v: vec[i64], x: i64| let s = iterate({0L, appender[i64], appender[i64]}, |s| {{s.$0 + 1L, merge(s.$2, s.$0), s.$1}, s.$0 < 4L}); {result(s.$1), result(s.$2)}")]
    [InlineData("|v: vec[i64], x: i64| let s = iterate({0L, merger[i64,+], merger[i64,+](x)}, |s| {{s.$0 + 1L, merge(s.$2, s.$0), s.$1}, s.$0 < 4L}); {result(s.$1), result(s.$2)}")]
    [InlineData("|v: vec[i64], x: i64| result(for(v, appender[i64], |b, i, y| let u = iterate({x, y, 0L}, |s| {{s.$1, s.$0, s.$2 + 1L}, s.$2 < 4L}); merge(b, u.$0 * 3L + u.$1)))")]
    public void FieldsChangePlaces(string program)
    {
        VectorLoop.Check(program, [0, 1, 3, 40], "inline-apply", "vectorize");
        VectorLoop.Check(program, [0, 1, 3, 40]);
    }
}
