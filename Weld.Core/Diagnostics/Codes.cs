namespace Weld.Core.Diagnostics;

/// <summary>Why a program does not compile (language.md §8).</summary>
public enum CompileCode
{
    /// <summary>The text is not a program.</summary>
    Syntax,

    /// <summary>An undefined or duplicate name, alias or macro.</summary>
    Name,

    /// <summary>A type mismatch, a type not inferred, a bad key or cast, a call of what is no function, or with the wrong number of arguments.</summary>
    Type,

    /// <summary>A builder that is not used exactly once.</summary>
    Linearity,

    /// <summary>A literal that does not fit its type.</summary>
    Literal,

    /// <summary>A macro's arity or nesting.</summary>
    Macro,

    /// <summary>Nesting, size or expansion beyond the limits.</summary>
    Limit,

    /// <summary>A <c>cudf</c> of a name that the host has not registered.</summary>
    UnknownFunction,

    /// <summary>A defect of the compiler, not of the program.</summary>
    Internal,
}

/// <summary>Why a run ended without a value (language.md §8).</summary>
public enum RuntimeCode
{
    /// <summary>An index or slice outside its vector.</summary>
    ArrayOutOfBounds,

    /// <summary><c>lookup</c> of a key that the dictionary does not have.</summary>
    KeyNotFound,

    /// <summary>An integer division or remainder by zero.</summary>
    DivideByZero,

    /// <summary>An iterator whose start, end and stride do not fit each other or the vector.</summary>
    BadIteratorLength,

    /// <summary>Zipped iterators of different counts.</summary>
    MismatchedZipSize,

    /// <summary><c>assert(false)</c>.</summary>
    AssertionError,

    /// <summary>Bytes that are no serialized value of the type.</summary>
    DeserializationError,

    /// <summary>The run's memory limit or the process's budget is reached.</summary>
    OutOfMemory,

    /// <summary>The host asked to stop.</summary>
    Cancelled,

    /// <summary>The time limit is reached.</summary>
    Timeout,

    /// <summary>A host function threw; the inner exception is what it threw.</summary>
    ForeignFunctionError,

    /// <summary>The result holds an unfinished builder, which cannot be shown.</summary>
    Unprintable,

    /// <summary>A defect of this library, not of the program.</summary>
    Internal,
}
