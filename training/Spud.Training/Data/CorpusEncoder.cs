using System.Buffers.Binary;
using System.Text;
using Spud.Text.Tokenization;

namespace Spud.Training.Data;

/// <summary>Encodes texts as files of ids. A line with a form feed ends a document and is replaced by the end token.</summary>
internal static class CorpusEncoder
{
    /// <summary>Encodes a text; the file appears when it is complete.</summary>
    /// <returns>Number of ids.</returns>
    public static long Encode(string textFile, TokenizerFile pieces, string idFile)
    {
        Tokenizer tokenizer = pieces.Create();
        string unfinished = idFile + ".new";
        long count = 0;
        using (FileStream output = File.Create(unfinished))
        {
            List<int> ids = [];
            foreach (string document in Documents(textFile))
            {
                ids.Clear();
                tokenizer.EncodePiece(document, followsSpecial: true, ids);
                ids.Add(pieces.End);
                byte[] bytes = new byte[ids.Count * sizeof(ushort)];
                for (int i = 0; i < ids.Count; i++)
                    BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(i * sizeof(ushort)), (ushort)ids[i]);

                output.Write(bytes);
                count += ids.Count;
            }
        }

        File.Move(unfinished, idFile, overwrite: true);
        return count;
    }

    private static IEnumerable<string> Documents(string textFile)
    {
        StringBuilder document = new();
        foreach (string line in File.ReadLines(textFile))
        {
            if (line == "\f")
            {
                yield return Finished(document);
                document.Clear();
            }
            else
            {
                document.Append(line).Append('\n');
            }
        }

        if (document.Length > 0)
            yield return Finished(document);
    }

    private static string Finished(StringBuilder document) => document.ToString().TrimEnd('\n');
}
