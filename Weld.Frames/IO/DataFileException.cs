namespace Weld.Frames.IO;

/// <summary>A data file does not hold what was asked of it: the message says which file, where in it, what was expected and what was found.</summary>
public sealed class DataFileException : Exception
{
    /// <summary>Makes the exception for a place in a text file.</summary>
    /// <param name="file">The file's name.</param>
    /// <param name="line">1-based.</param>
    /// <param name="column">1-based, in bytes.</param>
    /// <param name="message">What was expected and what was found.</param>
    public DataFileException(string file, long line, long column, string message)
        : base($"{file}:{line}:{column}: {message}")
    {
        File = file;
        Line = line;
        Column = column;
    }

    /// <summary>Makes the exception for a whole file.</summary>
    /// <param name="file">The file's name.</param>
    /// <param name="message">What was expected and what was found.</param>
    /// <param name="inner">What the system reported, if it did.</param>
    public DataFileException(string file, string message, Exception? inner = null)
        : base($"{file}: {message}", inner) => File = file;

    /// <summary>The file's name.</summary>
    public string File { get; }

    /// <summary>The line, 1-based; 0 where the error is no line's.</summary>
    public long Line { get; }

    /// <summary>The place in the line in bytes, 1-based; 0 where the error is no line's.</summary>
    public long Column { get; }
}
