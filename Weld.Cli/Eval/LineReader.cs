namespace Weld.Cli.Eval;

/// <summary>Reads a stream line by line, as bytes. Of a line beyond the limit it keeps nothing.</summary>
/// <param name="stream">What is read.</param>
/// <param name="limit">The longest line in bytes.</param>
internal sealed class LineReader(Stream stream, int limit)
{
    private byte[] _buffer = new byte[1 << 16];
    private int _start;
    private int _filled;
    private bool _exhausted;

    /// <summary>The current line without its LF; valid until the next call.</summary>
    public ReadOnlyMemory<byte> Line { get; private set; }

    /// <summary>Whether the current line was longer than the limit; then <see cref="Line"/> is empty.</summary>
    public bool IsTooLong { get; private set; }

    /// <summary>Goes to the next line.</summary>
    /// <returns>Whether there is one.</returns>
    public bool Read()
    {
        IsTooLong = false;
        var scanned = _start;
        while (true)
        {
            var found = _buffer.AsSpan(scanned.._filled).IndexOf((byte)'\n');
            if (found >= 0)
            {
                Line = IsTooLong ? default : _buffer.AsMemory(_start, scanned + found - _start);
                _start = scanned + found + 1;
                return true;
            }

            if (_filled - _start > limit)
            {
                IsTooLong = true;
                _start = _filled;
            }

            scanned = _filled;
            if (_exhausted || !Fill(ref scanned))
            {
                Line = IsTooLong ? default : _buffer.AsMemory(_start, _filled - _start);
                var any = IsTooLong || _filled > _start;
                _start = _filled;
                return any;
            }
        }
    }

    private bool Fill(ref int scanned)
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start.._filled).CopyTo(_buffer);
            _filled -= _start;
            scanned -= _start;
            _start = 0;
        }

        if (_filled == _buffer.Length)
        {
            Array.Resize(ref _buffer, 2 * _buffer.Length);
        }

        var read = stream.Read(_buffer.AsSpan(_filled));
        _filled += read;
        _exhausted = read == 0;
        return read > 0;
    }
}
