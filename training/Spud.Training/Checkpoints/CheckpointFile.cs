using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text.Json;
using Spud.Training.Kernels;
using Spud.Training.Model;
using static TorchSharp.torch;

namespace Spud.Training.Checkpoints;

/// <summary>
/// A header, parameters and moments, and a hash of everything. It is written under a temporary name and renamed, and the previous one is kept:
/// however the process ends, one of the two is intact.
/// </summary>
internal static class CheckpointFile
{
    private const int CopyBytes = 1 << 20, HashBytes = 8;
    private static ReadOnlySpan<byte> Magic => "SPUDCKP1"u8;

    /// <summary>Path of the previous checkpoint.</summary>
    public static string Previous(string path) => path + ".previous";

    public static void Write(string path, CheckpointHeader header, ParameterSet parameters)
    {
        string unfinished = path + ".new";
        byte[] text = JsonSerializer.SerializeToUtf8Bytes(header, CheckpointJson.Default.CheckpointHeader);
        byte[] length = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, text.Length);
        using (FileStream file = File.Create(unfinished))
        {
            XxHash3 hash = new();
            foreach (byte[] part in (byte[][])[Magic.ToArray(), length, text])
                Put(part);
            byte[] buffer = new byte[CopyBytes];
            foreach (Tensor block in Blocks(parameters))
            {
                using UnmanagedMemoryStream bytes = TensorMemory.Bytes(block);
                for (int read; (read = bytes.Read(buffer)) > 0;)
                    Put(buffer.AsSpan(0, read));
            }

            file.Write(hash.GetCurrentHash());
            file.Flush(flushToDisk: true);

            void Put(ReadOnlySpan<byte> bytes)
            {
                file.Write(bytes);
                hash.Append(bytes);
            }
        }

        if (File.Exists(path))
            File.Move(path, Previous(path), overwrite: true);
        File.Move(unfinished, path, overwrite: true);
    }

    /// <summary>Reads a checkpoint, or the previous one if it is damaged; only an intact one changes parameters.</summary>
    /// <param name="path">The path it was written to.</param>
    /// <param name="parameters">Parameters of the same model.</param>
    /// <param name="warn">Receives a warning if the newest is damaged.</param>
    /// <param name="isTrunk">Whether the model may have additional parameters after those of the checkpoint; they are not changed.</param>
    /// <returns>Null if there is none.</returns>
    /// <exception cref="TrainingException">All are damaged or belong to another model.</exception>
    public static CheckpointHeader? Read(string path, ParameterSet parameters, Action<string> warn, bool isTrunk = false)
    {
        string? fault = null;
        foreach (string candidate in (string[])[path, Previous(path)])
        {
            if (!File.Exists(candidate))
                continue;

            fault = Damage(candidate, out CheckpointHeader? header);
            if (fault is null)
            {
                Load(candidate, header!, parameters, isTrunk);
                return header;
            }

            warn($"{candidate} is damaged: {fault}.");
        }

        return fault is null ? null : throw new TrainingException($"{path}: {fault}, and no earlier checkpoint is intact. Delete the run's folder to begin again.");
    }

    private static IEnumerable<Tensor> Blocks(ParameterSet parameters) => [parameters.Values, parameters.FirstMoments, parameters.SecondMoments];

    private static string? Damage(string path, out CheckpointHeader? header)
    {
        header = null;
        using FileStream file = File.OpenRead(path);
        if (file.Length < Magic.Length + sizeof(int) + HashBytes)
            return $"it ends after {file.Length} bytes";

        XxHash3 hash = new();
        byte[] buffer = new byte[CopyBytes];
        for (long left = file.Length - HashBytes; left > 0;)
        {
            int read = file.Read(buffer, 0, (int)Math.Min(left, buffer.Length));
            hash.Append(buffer.AsSpan(0, read));
            left -= read;
        }

        byte[] stated = new byte[HashBytes];
        file.ReadExactly(stated);
        if (!stated.AsSpan().SequenceEqual(hash.GetCurrentHash()))
            return "its contents do not match its hash";

        file.Position = 0;
        header = ReadHeader(file);
        return header is null ? "it is not a checkpoint" : null;
    }

    private static CheckpointHeader? ReadHeader(FileStream file)
    {
        byte[] start = new byte[Magic.Length + sizeof(int)];
        file.ReadExactly(start);
        if (!start.AsSpan(0, Magic.Length).SequenceEqual(Magic))
            return null;

        byte[] text = new byte[BinaryPrimitives.ReadInt32LittleEndian(start.AsSpan(Magic.Length))];
        file.ReadExactly(text);
        return JsonSerializer.Deserialize(text, CheckpointJson.Default.CheckpointHeader);
    }

    private static void Load(string path, CheckpointHeader header, ParameterSet parameters, bool isTrunk)
    {
        long all = parameters.Values.numel();
        if (isTrunk ? header.Parameters > all : header.Parameters != all)
            throw new TrainingException($"{path}: expected {parameters.Values.numel()} parameters, as the configuration says, got {header.Parameters}. It belongs to another model.");

        using FileStream file = File.OpenRead(path);
        _ = ReadHeader(file);
        byte[] buffer = new byte[CopyBytes];
        foreach (Tensor block in Blocks(parameters))
        {
            using UnmanagedMemoryStream bytes = TensorMemory.Bytes(block);
            for (long left = header.Parameters * block.element_size(); left > 0;)
            {
                int read = file.Read(buffer, 0, (int)Math.Min(left, buffer.Length));
                bytes.Write(buffer, 0, read);
                left -= read;
            }
        }

        parameters.RefreshHalves();
    }
}
