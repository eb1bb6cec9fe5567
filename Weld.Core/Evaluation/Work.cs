namespace Weld.Core.Evaluation;

/// <summary>What a run of the interpreter has visited so far.</summary>
internal sealed class Work
{
    /// <summary>Iterations of loops.</summary>
    public long Iterations { get; set; }

    /// <summary>Structs made by zips.</summary>
    public long Zipped { get; set; }
}
