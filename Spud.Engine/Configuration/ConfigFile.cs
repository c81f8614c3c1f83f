using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Spud.Models.Messages;

namespace Spud.Configuration;

/// <summary>Reads a configuration file into a tree; any problem with the file is a fault, never an exception.</summary>
internal static class ConfigFile
{
    /// <summary>Maximum file size; a pipeline takes about a kilobyte.</summary>
    public const int MaxBytes = 1 << 20;

    private static ReadOnlySpan<byte> Utf8Mark => [0xEF, 0xBB, 0xBF];

    /// <summary>The tree, or null and a fault.</summary>
    /// <param name="path">Path as given by the user; part of every fault.</param>
    /// <param name="faults">Faults are added to this list.</param>
    public static ConfigObject? Load(string path, FaultList faults)
    {
        byte[]? bytes = Bytes(path, faults);
        return bytes is null ? null : Parse(bytes, path, faults);
    }

    /// <summary>The tree of a file's content, or null and a fault.</summary>
    public static ConfigObject? Parse(ReadOnlySpan<byte> content, string source, FaultList faults)
    {
        byte[] json = (content.StartsWith(Utf8Mark) ? content[Utf8Mark.Length..] : content).ToArray();
        if (!IsText(json, source, faults))
            return null;
        try
        {
            ConfigNode root = ConfigParser.Parse(json, new PlaceCounter(source, inFile: true), faults);
            if (root is ConfigObject result)
                return result;
            faults.Add(root.Origin, $"expected an object, got {root.Summary}. Begin the file with '{{'.");
        }
        catch (JsonException invalid)
        {
            faults.Add(PlaceOf(invalid, json, source), $"invalid JSON: {Reason(invalid)}");
        }
        catch (ConfigurationException tooDeep)
        {
            faults.Add(tooDeep.Faults[0].Origin, tooDeep.Faults[0].Message);
        }

        return null;
    }

    private static byte[]? Bytes(string path, FaultList faults)
    {
        Origin origin = new(QuotedText.Of(path));
        try
        {
            if (Directory.Exists(path))
                faults.Add(origin, "is a directory, expected a JSON file.");
            else if (!File.Exists(path))
                faults.Add(origin, "no such file.");
            else
                return Bounded(path, origin, faults);
        }
        catch (UnauthorizedAccessException)
        {
            faults.Add(origin, "may not be read: permission denied.");
        }
        catch (IOException fault)
        {
            faults.Add(origin, $"cannot be read: {QuotedText.Of(fault.Message)}");
        }

        return null;
    }

    // Reads to the end instead of relying on the length: pipes and /proc have none.
    private static byte[]? Bounded(string path, Origin origin, FaultList faults)
    {
        using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        using MemoryStream content = new();
        byte[] chunk = new byte[16 << 10];
        for (int read; (read = stream.Read(chunk)) > 0;)
        {
            content.Write(chunk, 0, read);
            if (content.Length <= MaxBytes)
                continue;
            faults.Add(origin, $"is larger than {MaxBytes} bytes, which no configuration needs.");
            return null;
        }

        return content.ToArray();
    }

    private static bool IsText(byte[] json, string source, FaultList faults)
    {
        if (json.AsSpan().Trim(" \t\r\n"u8).IsEmpty)
        {
            faults.Add(new Origin(source, 1, 1), "the file is empty, expected a JSON object.");
            return false;
        }

        if (Utf8.IsValid(json))
            return true;
        int valid = 0;
        while (Rune.DecodeFromUtf8(json.AsSpan(valid), out _, out int length) == System.Buffers.OperationStatus.Done)
            valid += length;
        Origin origin = new PlaceCounter(source, inFile: true).At(json, valid);
        faults.Add(origin, $"invalid UTF-8: byte 0x{json[valid]:X2} begins no character. Save the file as UTF-8.");
        return false;
    }

    private static Origin PlaceOf(JsonException invalid, byte[] json, string source)
    {
        int offset = 0;
        for (long line = invalid.LineNumber ?? 0; line > 0; line--)
            offset += json.AsSpan(offset).IndexOf((byte)'\n') + 1;
        offset = (int)Math.Min(offset + (invalid.BytePositionInLine ?? 0), json.Length);
        return new PlaceCounter(source, inFile: true).At(json, offset);
    }

    // The reader appends its own, zero-based position.
    private static string Reason(JsonException invalid)
    {
        int place = invalid.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return QuotedText.Sentence(place < 0 ? invalid.Message : invalid.Message[..place]);
    }
}
