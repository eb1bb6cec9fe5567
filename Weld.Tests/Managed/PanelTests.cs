namespace Weld.Tests.Managed;

/// <summary>Loops in SIMD whose bodies reduce into more sums than fit the registers.</summary>
public sealed class PanelTests
{
    private static readonly string[] Passes = ["inline-apply", "vectorize"];
    private static readonly int[] Borders = [0, 1, 2, 3, 5, 8, 16, 17, 33, 64, 65, 130, 257];
    private const string Ten = "{f64,f64,f64,f64,f64,f64,f64,f64,f64,f64}";
    private const string TenValues = "{s, s * y, s - 1.0, s * s, t * s, s + t, f64(i) * s, s * c, t, if(s > c, s, y)}";
    private const string TenSums = "r.$0 + r.$1 * 2.0 - r.$2 + r.$3 * 0.5 + r.$4 - r.$5 + r.$6 * 3.0 + r.$7 - r.$8 + r.$9";

    [Theory]
    [InlineData("|v: vec[f64], w: vec[f64], c: f64| map(v, |x| let r = result(@(vectorize: false) for(w, merger[" + Ten + ",+], |b, i, y| let s = x * y; let t = y + 1.0; merge(b, " + TenValues + "))); " + TenSums + ")")]
    [InlineData("|v: vec[f64], w: vec[f64], c: f64| map(v, |x| let r = result(@(vectorize: false) for(w, merger[" + Ten + ",max], |b, i, y| let t = y * c; let s = x - t; merge(b, " + TenValues + "))); " + TenSums + ")")]
    [InlineData("|v: vec[i64], w: vec[i64], c: i64| map(v, |x| let r = result(@(vectorize: false) for(w, merger[{i64,i64,i64,i64,i64},+], |b, i, y| let s = x * y; merge(b, {s, s - i, s ^ y, s * c, s & x}))); r.$0 + r.$1 * 3L + r.$2 - r.$3 + r.$4)")] // one value is of the lane
    [InlineData("|v: vec[i32], w: vec[f32], c: i32| map(v, |x| let r = result(@(vectorize: false) for(w, merger[{f32,f32,f32,f32,f32,f32,f32,f32,f32},+], |b, i, y| let s = f32(x) * y; let n = x + c; merge(b, {s, s * y, s - f32(n), y, s * 2.0f, s * s, -s, s + y, f32(n)}))); r.$0 + r.$1 - r.$2 + r.$3 * r.$4 - r.$5 + r.$6 + r.$7 - r.$8)")]
    [InlineData("|v: vec[f64], w: vec[f64], c: f64| map(v, |x| let r = result(@(vectorize: false) for(w, merger[{f64,f64,f64,f64,f64},{+,+,*,+,+}], |b, i, y| let s = x * y; merge(b, {s, s + c, s, y, s * 2.0}))); r.$0 + r.$1 + r.$2 - r.$3 + r.$4)")] // operators differ
    [InlineData("|v: vec[f64], w: vec[f64], c: f64| map(v, |x| let r = result(@(vectorize: false) for(w, merger[{f64,f64,f64,f64,f64},+]({x, c, 1.0, x, c}), |b, i, y| let s = x * y; merge(b, {s, s + c, s, y, s * 2.0}))); r.$0 + r.$1 + r.$2 - r.$3 + r.$4)")] // initial values
    [InlineData("|v: vec[f64], w: vec[f64], c: f64| map(v, |x| let r = result(@(vectorize: false) for(w, merger[{f64,f64,f64,f64,f64},+], |b, i, y| let s = x * y; if(s > c, merge(b, {s, s + c, s, y, s * 2.0}), b))); r.$0 + r.$1 + r.$2 - r.$3 + r.$4)")] // not each time
    [InlineData("|v: vec[f64], w: vec[f64], u: vec[f64]| map(v, |x| let r = result(@(vectorize: false) for(zip(w, u), merger[{f64,{f64,f64},f64,f64},+], |b, i, y| let s = x * y.$0; merge(b, {s, {s + y.$1, s}, y.$0, s * 2.0}))); r.$0 + r.$1.$0 + r.$1.$1 - r.$2 + r.$3)")]
    [InlineData("|v: vec[f64], w: vec[f64], u: vec[f64]| result(for(v, merger[f64,+], |b, j, x| let r = result(@(vectorize: false) for(zip(w, u), merger[{f64,f64,f64,f64,f64},+], |b, i, y| let s = lookup(w, j) * y.$0; merge(b, {s, s + y.$1, s * x, y.$0, s * y.$1}))); merge(b, r.$0 + r.$1 + r.$2 - r.$3 + r.$4)))")]
    public void ManySums(string program)
    {
        VectorLoop.AssertOutermostVector(program, Passes);
        VectorLoop.Check(program, Borders, Passes);
    }

    [Theory]
    [InlineData("|w: vec[f64], c: f64| map(rangeiter(0L, 17L, 1L), |x| let r = result(@(vectorize: false) for(w, merger[" + Ten + ",+], |b, i, y| let s = f64(x) * y; let t = y + 1.0; merge(b, " + TenValues + "))); " + TenSums + ")")]
    [InlineData("|w: vec[i64], c: i64| map(rangeiter(0L, 9L, 1L), |x| let r = result(@(vectorize: false) for(w, merger[{i64,i64,i64,i64,i64},min], |b, i, y| let s = x * y; merge(b, {s, s - i, s ^ y, s * c, -s}))); r.$0 + r.$1 * 3L + r.$2 - r.$3 + r.$4)")]
    public void ManySumsAcrossBlocks(string program) => VectorLoop.Check(program, [65_537], Passes);

    [Theory]
    [InlineData("|w: vec[f64], c: i64| map(rangeiter(0L, 37L, 1L), |x| let r = result(@(vectorize: false) for(w, merger[{f64,f64,f64,f64,f64},+], |b, i, y| let s = lookup(w, x) * y; merge(b, {s, s + 1.0, s * y, y, s * 2.0}))); r.$0 + r.$1 + r.$2 - r.$3 + r.$4)")]
    [InlineData("|w: vec[f64], c: i64| map(rangeiter(0L, 37L, 1L), |x| let r = result(@(vectorize: false) for(w, merger[{f64,f64,f64,f64,f64},+], |b, i, y| let s = lookup(w, i + x - 30L) * y; merge(b, {s, s + 1.0, s * y, y, s * 2.0}))); r.$0 + r.$1 + r.$2 - r.$3 + r.$4)")]
    [InlineData("|w: vec[f64], c: i64| map(rangeiter(0L, 37L, 1L), |x| let r = result(@(vectorize: false) for(w, merger[{f64,f64,f64,f64,f64},+], |b, i, y| let s = f64(x) * y; merge(b, {s, s + lookup(w, i + c - c), lookup(w, 36L), y, s * 2.0}))); r.$0 + r.$1 + r.$2 - r.$3 + r.$4)")]
    public void ErrorsInside(string program) => VectorLoop.Check(program, [0, 1, 36, 37, 38, 67, 68], Passes);

    [Fact]
    public void NoSums() => VectorLoop.Check("|v: vec[bool], w: vec[f64]| result(for(v, merger[{},*], |b, i, x| merge(b, result(for(w, merger[{},+], |c, j, y| c)))))", [0, 1, 40]);

    [Theory]
    [InlineData("f64", "+", 71)]
    [InlineData("f64", "+", 64)]
    [InlineData("f32", "+", 65)]
    [InlineData("f64", "max", 66)]
    [InlineData("i32", "+", 64)]
    public void ProductsOfMatrices(string type, string op, int inner)
    {
        var three = type switch { "f64" => "3.0", "f32" => "3.0f", _ => "3" };
        var program = $$"""
            |v: vec[{{type}}], n: i64|
                let columns = (n & 31L) + 1L;
                let a = map(v, |x| map(rangeiter(0L, {{inner}}L, 1L), |k| x * {{type}}(k % 7L) - {{type}}(k)));
                let m = map(rangeiter(0L, {{inner}}L, 1L), |k| map(rangeiter(0L, columns, 1L), |j| {{type}}(k * 3L - j * j) * {{three}}));
                map(a, |row| map(rangeiter(0L, columns, 1L), |j| result(for(zip(row, m), merger[{{type}},{{op}}], |b, i, e| merge(b, e.$0 * lookup(e.$1, j))))))
            """;
        VectorLoop.Check(program, [0, 1, 15, 16, 17, 33]);
    }
}
