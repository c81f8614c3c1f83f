using System.Globalization;
using System.Text.RegularExpressions;

namespace Spud.Models;

/// <summary>Finds the parts of a split model: NAME-00001-of-0000N.gguf, each a GGUF file that contains its number.</summary>
internal static partial class GgufShards
{
    /// <summary>Opens a file and, if it is the first of several, the others too; on failure all are closed again.</summary>
    /// <exception cref="ModelFileException">A part is missing, damaged, or belongs to another model, or this is not the first.</exception>
    public static List<GgufHeader> OpenAll(string path)
    {
        List<MappedFile> files = [];
        try
        {
            GgufHeader first = Open(path);
            (int no, int count) = Place(first);
            string stem = count == 1 ? "" : Stem(path, no, count);
            List<GgufHeader> parts = [first];
            for (int i = 1; i < count; i++)
            {
                string part = Name(stem, i, count);
                if (!File.Exists(part))
                    throw new ModelFileException($"{path}: part {i + 1} of {count} is missing: expected {part}. Put all parts into one folder.");
                parts.Add(Open(part));
                if (Place(parts[i]) != (i, count))
                    throw new ModelFileException($"{part}: expected part {i + 1} of {count} by its name, got part {Place(parts[i]).No + 1} of {Place(parts[i]).Count} by its keys split.no and split.count. Download the parts again.");
            }

            RequireTensors(first, parts);
            return parts;
        }
        catch
        {
            files.ForEach(static file => file.Dispose());
            throw;
        }

        GgufHeader Open(string part)
        {
            files.Add(MappedFile.Open(part));
            return GgufHeader.Read(files[^1]);
        }
    }

    /// <summary>Index of a part, from 0, and the number of parts.</summary>
    private static (int No, int Count) Place(GgufHeader part)
    {
        if (!part.Metadata.TryGetInt("split.count", out int count, 0, ushort.MaxValue))
            count = 1;
        count = Math.Max(count, 1); // some writers put 0 in a single file
        _ = part.Metadata.TryGetInt("split.no", out int no, 0, count - 1);
        return (no, count);
    }

    private static string Stem(string path, int no, int count)
    {
        Match match = PartName().Match(path);
        bool fits = match.Success && match.Groups[2].Value == $"{no + 1:D5}" && match.Groups[3].Value == $"{count:D5}";
        if (!fits)
            throw new ModelFileException($"{path}: expected a name that ends in -{no + 1:D5}-of-{count:D5}.gguf, for this is part {no + 1} of {count} and the others are found by name. Give the parts their names back.");
        string stem = match.Groups[1].Value;
        return no == 0
            ? stem
            : throw new ModelFileException($"{path}: expected the first part of a model, got part {no + 1} of {count}. Open {Name(stem, 0, count)} instead; the other parts are opened with it.");
    }

    private static string Name(string stem, int no, int count) => string.Create(CultureInfo.InvariantCulture, $"{stem}-{no + 1:D5}-of-{count:D5}.gguf");

    private static void RequireTensors(GgufHeader first, List<GgufHeader> parts)
    {
        int got = parts.Sum(static part => part.Tensors.Count);
        if (first.Metadata.TryGetInt("split.tensors.count", out int expected) && expected != got && parts.Count > 1)
            throw first.Metadata.Fault("split.tensors.count", $"expected {expected} tensors in {parts.Count} parts, got {got}", "Download the parts again.");
    }

    [GeneratedRegex(@"^(.*)-(\d{5})-of-(\d{5})\.gguf\z", RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex PartName();
}
