using Spud.Models;

namespace Spud.Tests.Models;

/// <summary>Touches everything that an open file offers.</summary>
internal static class GgufProbe
{
    /// <summary>
    /// Reads every key with the getter of its type, and the first and last byte of every tensor; returns how many things it
    /// read. A value that its getter refuses (a NaN, an integer too wide) does not count.
    /// </summary>
    public static unsafe int ReadEverything(GgufFile file)
    {
        int read = file.Metadata.Keys.Count(key => Read(file.Metadata, key) is not null);
        foreach (GgufTensor tensor in file.Tensors)
        {
            byte* bytes = (byte*)file.AddressOf(tensor);
            _ = Volatile.Read(ref bytes[0]);
            _ = Volatile.Read(ref bytes[tensor.Bytes - 1]);
            read++;
        }

        return read;
    }

    private static object? Read(GgufMetadata metadata, string key)
    {
        try
        {
            return Get(metadata, key);
        }
        catch (ModelFileException)
        {
            return null;
        }
    }

    private static object Get(GgufMetadata metadata, string key) => (metadata.TypeOf(key), metadata.IsArray(key)) switch
    {
        (GgufValueType.String, false) => metadata.RequireString(key),
        (GgufValueType.String, true) => metadata.RequireStrings(key),
        (GgufValueType.Bool, false) => metadata.RequireBool(key),
        (GgufValueType.Bool, true) => metadata.RequireBools(key),
        (GgufValueType.Float32 or GgufValueType.Float64, false) => metadata.RequireFloat(key),
        (GgufValueType.Float32 or GgufValueType.Float64, true) => metadata.RequireFloats(key),
        (_, false) => metadata.RequireLong(key),
        (_, true) => metadata.RequireInts(key),
    };
}
