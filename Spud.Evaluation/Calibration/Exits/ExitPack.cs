using System.Buffers.Binary;
using System.Collections.Immutable;
using Spud.Models;

namespace Spud.Evaluation.Calibration;

/// <summary>Writes what depth policy "exit" reads; docs/depth.md describes it.</summary>
public static class ExitPack
{
    /// <summary>Makes the file's content.</summary>
    /// <param name="modelHash">Hash of the model that the exits are made for.</param>
    /// <param name="exits">The exits, at least one.</param>
    /// <param name="text">Description of the calibration text.</param>
    public static byte[] Write(string modelHash, ImmutableArray<FittedExit> exits, string text)
    {
        int width = exits[0].Probe.Length;
        GgufWriter file = new();
        file.Set("general.architecture", "spud-pack");
        file.Set(PackFile.ModelKey, modelHash);
        file.Set("exit.layers", string.Join(',', exits.Select(static exit => exit.Layer)));
        file.Set("exit.text", text);
        foreach (FittedExit exit in exits)
        {
            file.Add($"exit.{exit.Layer}.map", ElementType.F16, [width, width], stream => WriteHalves(stream, exit.Map.Matrix));
            file.Add($"exit.{exit.Layer}.bias", exit.Map.Bias, width);
            file.Add($"exit.{exit.Layer}.probe", exit.Probe, width);
            file.Set($"exit.{exit.Layer}.probe_bias", exit.ProbeBias);
        }

        using MemoryStream content = new();
        file.Write(content);
        return content.ToArray();
    }

    private static void WriteHalves(Stream stream, float[] values)
    {
        Span<byte> bytes = stackalloc byte[2];
        foreach (float value in values)
        {
            BinaryPrimitives.WriteHalfLittleEndian(bytes, (Half)value);
            stream.Write(bytes);
        }
    }
}
