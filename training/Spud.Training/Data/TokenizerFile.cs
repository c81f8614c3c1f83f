using System.Text.Json;
using System.Text.Json.Serialization;
using Spud.Models;
using Spud.Text.Tokenization;

namespace Spud.Training.Data;

/// <summary>A SentencePiece vocabulary as lines of JSON: {"id", "piece", "score", "type"}.</summary>
internal sealed partial class TokenizerFile
{
    /// <summary>SentencePiece's own numbers.</summary>
    public const int Unknown = 0, Begin = 1;

    private static readonly string[] s_types = ["normal", "unknown", "control", "user-defined", "unused", "byte"];

    /// <exception cref="TrainingException">The file is not in this format.</exception>
    public TokenizerFile(string path)
    {
        try
        {
            Pieces = [.. File.ReadLines(path).Select(static line => JsonSerializer.Deserialize(line, PieceJson.Default.Piece)!)];
        }
        catch (Exception fault) when (fault is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new TrainingException($"{path}: {fault.Message}");
        }

        for (int id = 0; id < Pieces.Length; id++)
        {
            if (Pieces[id].Id != id || TypeOf(Pieces[id]) == 0)
                throw new TrainingException($"{path}: line {id + 1}: expected id {id} and a type of {string.Join(", ", s_types)}, got id {Pieces[id].Id} and '{Pieces[id].Type}'.");
        }

        End = Array.Find(Pieces, static piece => piece.Text == "<|end|>")?.Id
            ?? throw new TrainingException($"{path}: expected a piece <|end|>, which ends a document, got none.");
    }

    public Piece[] Pieces { get; }

    /// <summary>The token after a document.</summary>
    public int End { get; }

    /// <summary>GGUF's number for a piece's type; 0 if unknown.</summary>
    public static int TypeOf(Piece piece) => Array.IndexOf(s_types, piece.Type) + 1;

    public Tokenizer Create() => new(new()
    {
        Model = "llama",
        Tokens = Utf8Strings.From(Pieces.Select(static piece => piece.Text)),
        Scores = Array.ConvertAll(Pieces, static piece => piece.Score),
        TokenTypes = Array.ConvertAll(Pieces, TypeOf),
        SpecialIds = new() { Bos = Begin, Eos = End, Unknown = Unknown },
        AddBos = false,
        AddSpacePrefix = false,
    });

    internal sealed record Piece(int Id, [property: JsonPropertyName("piece")] string Text, float Score, string Type);

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
    [JsonSerializable(typeof(Piece))]
    private sealed partial class PieceJson : JsonSerializerContext;
}
