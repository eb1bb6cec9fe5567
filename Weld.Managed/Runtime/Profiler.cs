using System.Diagnostics;
using Weld.Core.Diagnostics;
using Weld.Managed.Builders;
using Weld.Managed.Emit;

namespace Weld.Managed.Runtime;

/// <summary>Watches the outermost loops of one run: the clock is read for a loop and a range, never for an iteration.</summary>
internal sealed class Profiler(CompiledProgram program)
{
    private readonly LoopRecord?[] _records = new LoopRecord?[program.Loops.Count];
    private readonly long _begun = Stopwatch.GetTimestamp();

    /// <summary>A loop begins.</summary>
    public LoopRecord Begin(int loop, Builder[] builders)
    {
        var record = _records[loop] ??= new LoopRecord(program.Samples.GetValueOrDefault(loop));
        record.Begin(builders);
        return record;
    }

    /// <summary>What was seen so far.</summary>
    /// <param name="translate">Gives the place in the host's text of a place in the program that was compiled.</param>
    public RunProfile ToProfile(Func<SourceSpan, SourceSpan> translate)
    {
        var time = Stopwatch.GetElapsedTime(_begun);
        var loops = new List<LoopProfile>();
        for (var i = 0; i < _records.Length; i++)
        {
            if (_records[i] is { } record)
            {
                loops.Add(record.ToProfile(translate(program.Loops[i].Span), program.Loops[i]));
            }
        }

        return new RunProfile(time, loops);
    }
}
