using System.Runtime.CompilerServices;

namespace Spud.Text.ChatTemplates;

/// <summary>
/// Parses tokens into a syntax tree by recursive descent, with Jinja's grammar. This part handles the token stream and
/// the nesting limit; the others parse statements, expressions and postfixes.
/// </summary>
internal sealed partial class Parser
{
    private const int DeepestNesting = 200;

    private readonly IReadOnlyList<Token> _tokens;
    private int _next;
    private int _depth;
    private int _loops;

    private Parser(IReadOnlyList<Token> tokens) => _tokens = tokens;

    private Token Current => _tokens[_next];

    public static Block Parse(string source)
    {
        var parser = new Parser(Lexer.Read(source));
        Block block = parser.ParseBlock(null);
        return parser.Current.Kind == TokenKind.End ? block : throw parser.Unexpected("text or a tag");
    }

    private Token Take()
    {
        Token token = Current;
        if (token.Kind != TokenKind.End)
            _next++;
        return token;
    }

    private Token Peek() => _tokens[Math.Min(_next + 1, _tokens.Count - 1)];

    private bool TryTake(string operatorText)
    {
        bool found = Current.Is(operatorText);
        if (found)
            _next++;
        return found;
    }

    private bool TryTakeName(string name)
    {
        bool found = Current.IsName(name);
        if (found)
            _next++;
        return found;
    }

    private Token Expect(string operatorText) => Current.Is(operatorText) ? Take() : throw Unexpected($"'{operatorText}'");

    private Token ExpectName(string what) => Current.Kind == TokenKind.Name ? Take() : throw Unexpected(what);

    private void Expect(TokenKind kind, string what)
    {
        if (Current.Kind != kind)
            throw Unexpected(what);
        _next++;
    }

    private TemplateException Unexpected(string expected) => Current.At.Fail($"expected {expected}, got {Current.Describe()}");

    private void Enter()
    {
        if (++_depth > DeepestNesting || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
            throw Current.At.Fail($"the template nests deeper than {DeepestNesting} levels here");
    }

    private void Leave() => _depth--;
}
