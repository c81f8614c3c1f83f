using System.Text.Json;

namespace Spud.Training.Tests;

/// <summary>A vocabulary of all bytes and a few pieces, as a file.</summary>
internal static class TestTokenizer
{
    /// <summary>How many pieces it has.</summary>
    public const int Pieces = 4 + 256 + 12;

    /// <summary>Writes it into a folder and returns its path.</summary>
    public static string Write(string folder)
    {
        string path = Path.Combine(folder, "pieces.jsonl");
        IEnumerable<(string Text, float Score, string Type)> pieces =
        [
            ("<unk>", 0, "unknown"), ("<s>", 0, "control"), ("</s>", 0, "control"), ("<|end|>", 0, "user-defined"),
            .. Enumerable.Range(0, 256).Select(static value => ($"<0x{value:X2}>", 0f, "byte")),
            .. ((string[])["▁", "a", "d", "b", "g", "e", "l", "h", "ad", "▁a", "ha", "gg"]).Index().Select(static piece => (piece.Item, -(float)piece.Index, "normal")),
        ];
        File.WriteAllLines(path, pieces.Select(static (piece, id) => $$"""{"id": {{id}}, "piece": {{JsonSerializer.Serialize(piece.Text)}}, "score": {{piece.Score}}, "type": "{{piece.Type}}"}"""));
        return path;
    }
}
