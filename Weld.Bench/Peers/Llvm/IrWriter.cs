using System.Globalization;
using System.Text;

namespace Weld.Bench.Peers.Llvm;

/// <summary>Writes one function in LLVM's assembly language: temporaries, labels, and variables, which live in memory until LLVM's own passes put them into registers.</summary>
internal sealed class IrWriter
{
    private readonly StringBuilder _variables = new();
    private readonly StringBuilder _body = new();
    private int _names;
    private bool _open = true;

    /// <summary>The instructions: the variables first, then the rest.</summary>
    public string Text => $"{_variables}{_body}";

    /// <summary>An instruction that gives a value.</summary>
    public string Do(string instruction)
    {
        var name = $"%t{_names++}";
        Line($"{name} = {instruction}");
        return name;
    }

    /// <summary>An instruction that gives none. What follows a block's end is never reached and not written.</summary>
    public void Line(string instruction)
    {
        if (_open)
        {
            _body.Append("  ").Append(instruction).Append('\n');
        }
    }

    /// <summary>A variable of a type; its address.</summary>
    public string Variable(string type)
    {
        var name = $"%v{_names++}";
        _variables.Append(CultureInfo.InvariantCulture, $"  {name} = alloca {type}, align 64\n");
        return name;
    }

    /// <summary>A variable that holds a value.</summary>
    public string Variable(string type, string value)
    {
        var name = Variable(type);
        Set(type, name, value);
        return name;
    }

    public string Get(string type, string variable) => Do($"load {type}, ptr {variable}");

    public void Set(string type, string variable, string value) => Line($"store {type} {value}, ptr {variable}");

    public string Label() => $"b{_names++}";

    /// <summary>Begins a block; the one before goes on here if it has no end of its own.</summary>
    public void Begin(string label)
    {
        Jump(label);
        _body.Append(label).Append(":\n");
        _open = true;
    }

    public void Jump(string label)
    {
        Line($"br label %{label}");
        _open = false;
    }

    public void Branch(string condition, string yes, string no)
    {
        Line($"br i1 {condition}, label %{yes}, label %{no}");
        _open = false;
    }

    /// <summary>A branch of which one side is rarely taken.</summary>
    public void BranchUnlikely(string condition, string rare, string usual)
    {
        Line($"br i1 {condition}, label %{rare}, label %{usual}, !prof !0");
        _open = false;
    }

    public void Return(string value)
    {
        Line($"ret i64 {value}");
        _open = false;
    }
}
