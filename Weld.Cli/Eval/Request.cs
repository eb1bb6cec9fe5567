using System.Text.Json;
using Weld.Core.IR;
using Weld.Core.Values;
using Weld.Managed;

namespace Weld.Cli.Eval;

/// <summary>A request cannot be served: the program did not run, nor was it at fault.</summary>
/// <param name="code">The code of the answer.</param>
/// <param name="message">What was expected and what was found.</param>
internal sealed class RequestException(string code, string message) : Exception(message)
{
    public const string BadRequest = nameof(BadRequest);
    public const string BadArgument = nameof(BadArgument);

    /// <summary>The code of the answer.</summary>
    public string Code { get; } = code;
}

/// <summary>A request of <c>weld eval</c>.</summary>
/// <param name="Program">The program's text.</param>
/// <param name="Arguments">The arguments as written.</param>
/// <param name="Configuration">The configuration keys and the text of their values.</param>
internal sealed record Request(string Program, Seq<JsonElement> Arguments, Seq<KeyValuePair<string, string>> Configuration)
{
    /// <summary>Reads a request.</summary>
    /// <exception cref="RequestException">It is none.</exception>
    public static Request Read(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            throw Bad($"expected an object, found {Name(json)}");
        }

        var program = Member(json, "program", JsonValueKind.String) ?? throw Bad("expected a member \"program\", found none");
        var arguments = Member(json, "args", JsonValueKind.Array);
        var configuration = Member(json, "conf", JsonValueKind.Object);
        return new Request(
            Text(() => program.GetString()!, "program"),
            arguments is null ? [] : arguments.Value.EnumerateArray().ToSeq(),
            configuration is null ? [] : configuration.Value.EnumerateObject().Select(Setting).ToSeq());
    }

    /// <summary>The arguments as values of the program's parameters.</summary>
    /// <exception cref="RequestException">An argument is missing, too many, or not of its parameter's type.</exception>
    public Seq<Value> Bind(Seq<Symbol> parameters)
    {
        if (Arguments.Count > parameters.Count)
        {
            throw new RequestException(RequestException.BadArgument, $"expected {Count(parameters.Count)} ({string.Join(", ", parameters.Select(p => p.Name))}), found {Arguments.Count}");
        }

        if (Arguments.Count < parameters.Count)
        {
            throw new RequestException(RequestException.BadArgument, $"parameter {parameters[Arguments.Count].Name}: expected {Count(parameters.Count)}, found {Arguments.Count}");
        }

        return parameters.Zip(Arguments).Select(p => Bind(p.First, p.Second)).ToSeq();
    }

    private static Value Bind(Symbol parameter, JsonElement argument)
    {
        try
        {
            return ValueJson.Read(argument, parameter.Type);
        }
        catch (FormatException e)
        {
            var place = e.Message.StartsWith("expected", StringComparison.Ordinal) ? ": " : "";
            throw new RequestException(RequestException.BadArgument, $"parameter {parameter.Name}{place}{e.Message}");
        }
    }

    /// <summary>The last member of an object with a name, or null.</summary>
    public static JsonElement? Member(JsonElement json, string name)
    {
        JsonElement? found = null;
        foreach (var member in json.EnumerateObject())
        {
            try
            {
                found = member.NameEquals(name) ? member.Value : found;
            }
            catch (InvalidOperationException)
            {
                // The name holds half a surrogate pair, so it is not the one looked for.
            }
        }

        return found;
    }

    private static JsonElement? Member(JsonElement json, string name, JsonValueKind kind)
    {
        if (Member(json, name) is not { } member)
        {
            return null;
        }

        return member.ValueKind == kind ? member : throw Bad($"expected {kind switch { JsonValueKind.String => "a string", JsonValueKind.Array => "an array", _ => "an object" }} for \"{name}\", found {Name(member)}");
    }

    private static KeyValuePair<string, string> Setting(JsonProperty setting)
    {
        var name = Text(() => setting.Name, "conf");
        return new(
            name,
            setting.Value.ValueKind switch
            {
                JsonValueKind.String => Text(() => setting.Value.GetString()!, name),
                JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => setting.Value.GetRawText(),
                _ => throw new WeldConfigurationException(name, $"expected a string, number or bool, found {Name(setting.Value)}"),
            });
    }

    /// <summary>A string; JSON can write half a surrogate pair, which is no character.</summary>
    private static string Text(Func<string> read, string member)
    {
        try
        {
            return read();
        }
        catch (InvalidOperationException)
        {
            throw Bad($"expected whole characters for \"{member}\", found half a surrogate pair");
        }
    }

    private static string Count(int count) => $"{count} {(count == 1 ? "argument" : "arguments")}";

    private static string Name(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        JsonValueKind.Null => "null",
        _ => json.GetRawText(),
    };

    private static RequestException Bad(string message) => new(RequestException.BadRequest, message);
}
