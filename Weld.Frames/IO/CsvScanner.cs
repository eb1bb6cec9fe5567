namespace Weld.Frames.IO;

/// <summary>
/// Splits a stream of delimited UTF-8 text into records and fields, one record in memory at a time.
/// A field that starts with a quote runs to the next single quote and may hold delimiters, line breaks and doubled quotes, each of which stands for one;
/// in any other field a quote is an ordinary character. A line ends with LF or CRLF.
/// </summary>
internal sealed class CsvScanner : IDisposable
{
    private const byte Quote = (byte)'"';
    private const byte LineFeed = (byte)'\n';
    private const byte CarriageReturn = (byte)'\r';
    private const int InitialBuffer = 1 << 18;

    private readonly Stream _stream;
    private readonly string _name;
    private readonly byte _delimiter;
    private byte[] _buffer;
    private int _filled;
    private int _record;
    private int _next;
    private bool _exhausted;
    private int _lineBreaks;
    private FieldPlace[] _fields = new FieldPlace[16];
    private byte[] _unescaped = [];

    /// <summary>Starts at the beginning of a stream, after its byte order mark.</summary>
    /// <param name="stream">The text; the scanner disposes it.</param>
    /// <param name="name">The file's name, for messages.</param>
    /// <param name="delimiter">The byte between fields, or null: the one of <c>, tab ; |</c> that the first record holds most of.</param>
    /// <param name="bufferSize">How much is read at once.</param>
    public CsvScanner(Stream stream, string name, byte? delimiter, int bufferSize = InitialBuffer)
    {
        _stream = stream;
        _name = name;
        _buffer = new byte[Math.Max(8, bufferSize)];
        while (_filled < 3 && Fill())
        {
        }

        var start = _buffer.AsSpan(0, _filled);
        if (start.StartsWith("\uFEFF"u8))
        {
            _record = _next = 3;
        }
        else if (start is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..])
        {
            throw new DataFileException(name, 1, 1, "expected UTF-8 text, found the byte order mark of UTF-16");
        }

        _delimiter = delimiter ?? Sniff();
    }

    /// <summary>How many fields the current record has.</summary>
    public int FieldCount { get; private set; }

    /// <summary>The 1-based line on which the current record starts.</summary>
    public long Line { get; private set; }

    /// <summary>Whether the current record is a line without a character.</summary>
    public bool IsBlank => FieldCount == 1 && _fields[0] is { Start: 0, End: 0 };

    /// <summary>Goes to the next record.</summary>
    /// <returns>Whether there is one.</returns>
    public bool Read()
    {
        _record = _next;
        Line += 1 + _lineBreaks;
        _lineBreaks = 0;
        FieldCount = 0;
        if (_next == _filled && !Fill())
        {
            return false;
        }

        while (Field())
        {
        }

        return true;
    }

    /// <summary>The text of a field of the current record, without its quotes; valid until the next call of any method.</summary>
    /// <param name="index">0-based.</param>
    public ReadOnlySpan<byte> this[int index]
    {
        get
        {
            var field = _fields[index];
            var text = _buffer.AsSpan(_record + field.Start, field.End - field.Start);
            return field.DoubledQuotes ? Unescape(text) : text;
        }
    }

    /// <summary>The error <paramref name="message"/> at a field of the current record.</summary>
    /// <param name="index">0-based; at most the number of fields, which is the record's end.</param>
    /// <param name="message">What was expected and what was found.</param>
    public DataFileException Error(int index, string message)
    {
        var (start, lineBreaks) = index < FieldCount ? (_fields[index].Start - (_fields[index].Quoted ? 1 : 0), _fields[index].LineBreaks) : (_next - _record, _lineBreaks);
        if (index >= FieldCount)
        {
            start = _buffer.AsSpan(_record, start).TrimEnd("\r\n"u8).Length;
        }

        var before = _buffer.AsSpan(_record, start);
        return new DataFileException(_name, Line + lineBreaks, before.Length - before.LastIndexOf(LineFeed), message);
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    /// <summary>Reads the field at <see cref="_next"/> and what ends it.</summary>
    /// <returns>Whether another field of the record follows.</returns>
    private bool Field()
    {
        if (_next == _filled)
        {
            Fill();
        }

        return _next < _filled && _buffer[_next] == Quote ? QuotedField() : PlainField();
    }

    private bool PlainField()
    {
        var start = _next - _record;
        var scanned = start;
        int found;
        while ((found = _buffer.AsSpan((_record + scanned).._filled).IndexOfAny(_delimiter, LineFeed)) < 0)
        {
            scanned = _filled - _record;
            if (!Fill())
            {
                Add(new FieldPlace(start, scanned, _lineBreaks, false, false));
                _next = _filled;
                return false;
            }
        }

        var end = scanned + found;
        _next = _record + end + 1;
        if (_buffer[_record + end] == LineFeed)
        {
            if (end > start && _buffer[_record + end - 1] == CarriageReturn)
            {
                end--;
            }

            Add(new FieldPlace(start, end, _lineBreaks, false, false));
            return false;
        }

        Add(new FieldPlace(start, end, _lineBreaks, false, false));
        return true;
    }

    private bool QuotedField()
    {
        var start = _next - _record + 1;
        var (scanned, breaksBefore, doubled) = (start, _lineBreaks, false);
        while (true)
        {
            var found = _buffer.AsSpan((_record + scanned).._filled).IndexOfAny(Quote, LineFeed);
            if (found < 0)
            {
                scanned = _filled - _record;
                if (!Fill())
                {
                    Add(new FieldPlace(start, scanned, breaksBefore, false, true));
                    throw Error(FieldCount - 1, "expected a closing quote, found the end of the file");
                }

                continue;
            }

            scanned += found + 1;
            if (_buffer[_record + scanned - 1] == LineFeed)
            {
                _lineBreaks++;
                continue;
            }

            switch (ByteAt(scanned))
            {
                case Quote:
                    doubled = true;
                    scanned++;
                    continue;
                case int b when b == _delimiter:
                    return End(scanned + 1, true);
                case LineFeed:
                    return End(scanned + 1, false);
                case CarriageReturn when ByteAt(scanned + 1) == LineFeed:
                    return End(scanned + 2, false);
                case -1:
                    return End(scanned, false);
                case var other:
                    End(scanned, false);
                    _next = _record + scanned;
                    throw Error(FieldCount, $"expected a delimiter or the line's end after the closing quote, found {(other is > ' ' and < 0x7F ? $"'{(char)other}'" : $"the byte 0x{other:x2}")}");
            }
        }

        bool End(int next, bool more)
        {
            Add(new FieldPlace(start, scanned - 1, breaksBefore, doubled, true));
            _next = _record + next;
            return more;
        }
    }

    /// <summary>The byte at an offset in the record, or −1 at the end of the text.</summary>
    private int ByteAt(int offset)
    {
        while (_record + offset >= _filled)
        {
            if (!Fill())
            {
                return -1;
            }
        }

        return _buffer[_record + offset];
    }

    private void Add(FieldPlace field)
    {
        if (FieldCount == _fields.Length)
        {
            Array.Resize(ref _fields, 2 * FieldCount);
        }

        _fields[FieldCount++] = field;
    }

    private ReadOnlySpan<byte> Unescape(ReadOnlySpan<byte> text)
    {
        if (_unescaped.Length < text.Length)
        {
            _unescaped = new byte[Math.Max(text.Length, 2 * _unescaped.Length)];
        }

        var length = 0;
        for (int quote; (quote = text.IndexOf(Quote)) >= 0; text = text[(quote + 2)..])
        {
            text[..(quote + 1)].CopyTo(_unescaped.AsSpan(length));
            length += quote + 1;
        }

        text.CopyTo(_unescaped.AsSpan(length));
        return _unescaped.AsSpan(0, length + text.Length);
    }

    /// <summary>Reads more behind what the buffer holds of the current record, which moves to its front.</summary>
    /// <returns>Whether there was more.</returns>
    private bool Fill()
    {
        if (_exhausted)
        {
            return false;
        }

        if (_record > 0)
        {
            _buffer.AsSpan(_record.._filled).CopyTo(_buffer);
            _filled -= _record;
            _next -= _record;
            _record = 0;
        }

        if (_filled == _buffer.Length)
        {
            if (_filled == Array.MaxLength)
            {
                throw new DataFileException(_name, Line, 1, $"expected a record of at most {Array.MaxLength} bytes");
            }

            Array.Resize(ref _buffer, (int)Math.Min(2L * _filled, Array.MaxLength));
        }

        int read;
        try
        {
            read = _stream.Read(_buffer, _filled, _buffer.Length - _filled);
        }
        catch (InvalidDataException e)
        {
            throw new DataFileException(_name, $"expected gzip data, found something else or only a part of it ({e.Message})", e);
        }
        catch (IOException e)
        {
            throw new DataFileException(_name, $"cannot be read: {e.Message}", e);
        }

        _filled += read;
        _exhausted = read == 0;
        return read > 0;
    }

    private byte Sniff()
    {
        ReadOnlySpan<byte> candidates = ",\t;|"u8;
        Span<int> counts = stackalloc int[candidates.Length];
        var quoted = false;
        for (var i = 0; _next + i < _filled || Fill(); i++)
        {
            var b = _buffer[_next + i];
            if (b == Quote)
            {
                quoted = !quoted;
            }
            else if (!quoted && b == LineFeed && i > 0)
            {
                break;
            }
            else if (!quoted && candidates.IndexOf(b) is >= 0 and var c)
            {
                counts[c]++;
            }
        }

        var best = 0;
        for (var c = 1; c < counts.Length; c++)
        {
            best = counts[c] > counts[best] ? c : best;
        }

        return candidates[best];
    }

    /// <summary>Where a field's text lies, from the record's start.</summary>
    /// <param name="Start">The first byte, after an opening quote.</param>
    /// <param name="End">The byte after the last one.</param>
    /// <param name="LineBreaks">How many lines of the record lie before it.</param>
    /// <param name="DoubledQuotes">Whether it holds any.</param>
    /// <param name="Quoted">Whether it stands in quotes.</param>
    private readonly record struct FieldPlace(int Start, int End, int LineBreaks, bool DoubledQuotes, bool Quoted);
}
