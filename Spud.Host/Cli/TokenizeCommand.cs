using System.Buffers;
using System.CommandLine;
using System.Globalization;
using System.Text;
using Spud.Models;
using Spud.Text.Tokenization;

namespace Spud.Host;

/// <summary><c>spud tokenize</c>: the ids of a text.</summary>
internal sealed class TokenizeCommand
{
    private readonly Shell _shell;
    private readonly PipelineArguments _pipeline;
    private readonly TextArguments _text;
    private readonly Option<bool> _json = new("--json") { Description = "Print the ids as one JSON document." };

    private TokenizeCommand(Command command, Shell shell)
    {
        _shell = shell;
        _text = new(command);
        _pipeline = new(command, shell);
        command.Options.Add(_json);
        command.SetAction(Run);
    }

    public static Command Create(Shell shell)
    {
        Command command = new("tokenize", "Print the tokens of a text, with BOS where the model adds it.");
        _ = new TokenizeCommand(command, shell);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        string text = _text.Read(parsed, _shell);
        using GgufFile file = GgufFile.Open(ModelLoader.ModelOf(_pipeline.Document(parsed).Valid()));
        Tokenizer tokenizer = Tokenizer.Load(file.Metadata);
        int[] ids = tokenizer.Encode(text, addSpecial: true, _text.ParseSpecial(parsed));
        if (parsed.GetValue(_json))
        {
            _shell.WriteJson(new(ids.Length, ids), ResultJson.Readable.TokenizeResult);
            return ExitCodes.Done;
        }

        foreach (int id in ids)
            _shell.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{id,8}  {Piece(tokenizer.BytesOf(id, renderSpecial: true))}"));

        return ExitCodes.Done;
    }

    // One line per token, whatever it contains: bytes of incomplete characters are written as \xe6.
    private static string Piece(ReadOnlySpan<byte> bytes)
    {
        StringBuilder piece = new();
        while (!bytes.IsEmpty)
        {
            bool isWhole = Rune.DecodeFromUtf8(bytes, out Rune rune, out int length) == OperationStatus.Done;
            if (!isWhole)
                length = 1;

            piece.Append(!isWhole ? $"\\x{bytes[0]:x2}" : rune.Value switch
            {
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                _ => rune.ToString(),
            });
            bytes = bytes[length..];
        }

        return piece.ToString();
    }
}
