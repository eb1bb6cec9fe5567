using System.Text;

namespace Weld.Tests.IO;

/// <summary>Delimited text read one character at a time: what the scanner must agree with.</summary>
internal static class NaiveCsv
{
    /// <summary>The records, or null where the text is malformed.</summary>
    public static List<string[]>? Records(string text)
    {
        text = text.TrimStart('\uFEFF') is var t && text.Length - t.Length <= 1 ? t : text[1..];
        var records = new List<string[]>();
        for (var i = 0; i < text.Length;)
        {
            var fields = new List<string>();
            for (var more = true; more;)
            {
                var field = new StringBuilder();
                if (i < text.Length && text[i] == '"')
                {
                    for (i++; ; i++)
                    {
                        if (i >= text.Length)
                        {
                            return null;
                        }

                        if (text[i] != '"')
                        {
                            field.Append(text[i]);
                        }
                        else if (i + 1 < text.Length && text[i + 1] == '"')
                        {
                            field.Append(text[++i]);
                        }
                        else
                        {
                            i++;
                            break;
                        }
                    }

                    if (i < text.Length && text[i] is not (',' or '\n') && !(text[i] == '\r' && i + 1 < text.Length && text[i + 1] == '\n'))
                    {
                        return null;
                    }
                }
                else
                {
                    while (i < text.Length && text[i] is not (',' or '\n') && !(text[i] == '\r' && i + 1 < text.Length && text[i + 1] == '\n'))
                    {
                        field.Append(text[i++]);
                    }
                }

                fields.Add(field.ToString());
                more = i < text.Length && text[i] == ',';
                i += i < text.Length && text[i] == '\r' ? 2 : 1;
            }

            records.Add([.. fields]);
        }

        return records;
    }
}
