using Weld.Core.IR;

namespace Weld.Managed.Planning;

/// <summary>Why a loop runs on one thread.</summary>
internal enum SerialReason
{
    /// <summary>It runs inside another loop, which may itself run on several.</summary>
    InnerLoop,

    /// <summary>The program says <c>@(parallel: false)</c>.</summary>
    Annotation,

    /// <summary>It calls a function of the host, which need not stand calls from several threads.</summary>
    HostCall,

    /// <summary>It ends when it has gathered enough.</summary>
    Limit,
}

/// <summary>Names and the one place that decides.</summary>
internal static class SerialReasons
{
    /// <summary>The name that people see.</summary>
    public static string Name(this SerialReason reason) => reason switch
    {
        SerialReason.InnerLoop => "inner-loop",
        SerialReason.Annotation => "annotation",
        SerialReason.HostCall => "host-call",
        _ => "limit",
    };

    /// <summary>What keeps a loop on one thread; null if nothing does.</summary>
    public static SerialReason? Of(For loop, bool isMain, bool isLimited) =>
        !isMain ? SerialReason.InnerLoop
        : loop.Says("parallel", "false") ? SerialReason.Annotation
        : LoopCost.Contains(loop.Function, static e => e is ForeignCall) ? SerialReason.HostCall
        : isLimited ? SerialReason.Limit
        : null;
}
