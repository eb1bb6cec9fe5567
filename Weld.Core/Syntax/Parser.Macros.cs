using Weld.Core.Diagnostics;
using Weld.Core.IR;
using Weld.Core.Types;

namespace Weld.Core.Syntax;

internal sealed partial class Parser
{
    private static readonly Lazy<Dictionary<string, Macro>> Prelude = new(ReadPrelude);

    private readonly Dictionary<string, Macro> _macros = new(StringComparer.Ordinal);
    private readonly Dictionary<int, Macro> _macrosByPlace = [];
    private bool _isPrelude;
    private bool _inMacro;
    private int _macrosBeingParsed;

    /// <summary>The depth of the deepest macro used in the macro that is being parsed.</summary>
    private int _usedDepth;

    private static Dictionary<string, Macro> ReadPrelude()
    {
        using var stream = typeof(Parser).Assembly.GetManifestResourceStream("Prelude.weld")!;
        var diagnostics = new DiagnosticBag();
        var parser = new Parser(Lexer.Lex(new StreamReader(stream).ReadToEnd(), diagnostics), diagnostics) { _isPrelude = true };
        parser.FindMacros();
        parser.Program();
        return diagnostics.Count == 0 ? parser._macros : throw new WeldInternalException("prelude", diagnostics.All[0].Message);
    }

    /// <summary>Finds all macros by their first words, so that one may use another that stands after it.</summary>
    private void FindMacros()
    {
        for (var i = 0; i + 1 < _tokens.Length; i++)
        {
            if (_tokens[i].Is("macro") && _tokens[i + 1] is { Kind: TokenKind.Identifier, Name: var name } token)
            {
                var macro = new Macro(name, i, _isPrelude);
                _macrosByPlace[i] = macro;
                if (!_isPrelude && Words.StandardMacros.Contains(name))
                {
                    Report(CompileCode.Name, token.Span, $"expected a new name for the macro, found '{name}', which is a standard macro");
                }
                else if (!_macros.TryAdd(name, macro))
                {
                    Report(CompileCode.Name, token.Span, $"expected a new name for the macro, found '{name}', which is defined already");
                }
            }
        }
    }

    private Macro? FindMacro(string name) =>
        _macros.TryGetValue(name, out var macro) ? macro : _isPrelude ? null : Prelude.Value.GetValueOrDefault(name);

    private void MacroDeclaration()
    {
        if (!_macrosByPlace.TryGetValue(_at, out var macro))
        {
            Take();
            Expect(TokenKind.Identifier);
        }
        else if (macro.State == MacroState.Parsed)
        {
            _at = macro.End;
        }
        else
        {
            ParseMacro(macro);
        }
    }

    private void ParseMacro(Macro macro)
    {
        var outer = (_scope, _hidden, _inMacro, _usedDepth);
        (_scope, _hidden, _inMacro, _usedDepth) = ([], new Stack<(string, object?)>(), true, 0);
        macro.State = MacroState.BeingParsed;
        _macrosBeingParsed++;
        _at = macro.At + 2;
        if (Expect(TokenKind.LeftParenthesis))
        {
            macro.Parameters = Items(TokenKind.RightParenthesis, MacroParameter).ToSeq();
            Expect(TokenKind.Assign);
            macro.Body = Expression();
            if (!_panic)
            {
                Expect(TokenKind.Semicolon);
            }
        }

        RecoverTo(TokenKind.Semicolon);
        macro.End = _at;
        macro.Depth = _usedDepth + 1;
        macro.State = MacroState.Parsed;
        MacroUses.Find(macro);
        _macrosBeingParsed--;
        (_scope, _hidden, _inMacro, _usedDepth) = outer;
        if (macro.Depth == Macro.MostDepth + 1)
        {
            Report(CompileCode.Macro, _tokens[macro.At + 1].Span, $"expected macros nested at most {Macro.MostDepth} levels deep, found '{macro.Name}' at level {macro.Depth}");
        }
    }

    private Symbol MacroParameter()
    {
        var name = Current;
        Expect(TokenKind.Identifier);
        var symbol = new Symbol(name.Value as string ?? "_", TypeVariable.Unknown) { Span = name.Span };
        if (_scope.ContainsKey(symbol.Name))
        {
            Report(CompileCode.Name, name.Span, $"expected parameters of different names, found '{symbol.Name}' twice");
        }

        Bind(symbol.Name, symbol);
        return symbol;
    }

    /// <summary>A macro's call, from after its name.</summary>
    private Expr Expansion(Macro macro, Token name)
    {
        if (!At(TokenKind.LeftParenthesis))
        {
            return Report(CompileCode.Syntax, name.Span, $"expected '(' and the arguments of the macro {macro.Name}, found {Shown(Current)}");
        }

        if (macro.State == MacroState.Found && _macrosBeingParsed <= Macro.MostDepth)
        {
            var (at, panic) = (_at, _panic);
            ParseMacro(macro);
            (_at, _panic) = (at, panic);
        }

        Take();
        var arguments = Items(TokenKind.RightParenthesis, Expression);
        var span = From(name.Start);
        if (_panic)
        {
            return new Hole { Span = span };
        }

        if (macro.State != MacroState.Parsed)
        {
            return Report(CompileCode.Macro, name.Span, macro.State == MacroState.BeingParsed
                ? $"expected macros without recursion, found '{macro.Name}' in its own body"
                : $"expected macros nested at most {Macro.MostDepth} levels deep, found more at '{macro.Name}'");
        }

        _usedDepth = Math.Max(_usedDepth, macro.Depth);
        if (macro.Depth > Macro.MostDepth)
        {
            return new Hole { Span = span };
        }

        return arguments.Count == macro.Parameters.Count
            ? MacroExpansion.Expand(macro, arguments, span, _budget, _diagnostics, _inMacro)
            : Report(CompileCode.Macro, span, $"expected {Count(macro.Parameters.Count, "argument")} of the macro {macro.Name}, found {arguments.Count}");
    }
}
