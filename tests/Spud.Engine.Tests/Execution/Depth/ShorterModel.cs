using Spud.Models;

namespace Spud.Tests.Execution.Depth;

/// <summary>A model file without some of another one's layers: what a pipeline that leaves them out must compute.</summary>
internal static class ShorterModel
{
    /// <summary>Writes the file. Traits of layers that the family derives from their numbers would be others: choose a family without any.</summary>
    /// <param name="model">Path of the whole model.</param>
    /// <param name="leftOut">Layers to leave out.</param>
    /// <param name="path">Path of the new file.</param>
    public static void Write(string model, int[] leftOut, string path)
    {
        using GgufFile from = GgufFile.Open(model);
        GgufWriter to = new();
        foreach (string key in from.Metadata.Keys)
            to.Copy(from.Metadata, key);

        string count = $"{from.Metadata.RequireString("general.architecture")}.block_count";
        int[] stay = [.. Enumerable.Range(0, from.Metadata.RequireInt(count)).Except(leftOut)];
        to.Set(count, stay.Length);
        foreach (GgufTensor tensor in from.Tensors)
        {
            string[] parts = tensor.Name.Split('.', 3);
            if (parts[0] != "blk")
                Add(tensor, tensor.Name);
            else if (Array.IndexOf(stay, int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture)) is >= 0 and int layer)
                Add(tensor, $"blk.{layer}.{parts[2]}");
        }

        to.Save(path);

        void Add(GgufTensor tensor, string name)
        {
            byte[] bytes = new byte[tensor.Bytes];
            using FileStream file = File.OpenRead(tensor.File);
            file.Position = tensor.Offset;
            file.ReadExactly(bytes);
            to.Add(name, tensor.Type, tensor.Shape.AsSpan(), stream => stream.Write(bytes));
        }
    }
}
