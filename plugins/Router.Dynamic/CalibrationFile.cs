using System.Text.Json;
using System.Text.Json.Serialization;
using Router.Shared;
using Spud;

namespace Router.Dynamic;

/// <summary>The result of fitting a model on a text. Purely informational members are not read.</summary>
internal sealed class CalibrationFile
{
    /// <summary>The only format version.</summary>
    public const int KnownFormat = 1;

    /// <summary>Version of the format.</summary>
    [JsonRequired]
    public int Format { get; set; }

    /// <summary>The model it was made for.</summary>
    [JsonRequired]
    public CalibratedModel Model { get; set; } = new();

    /// <summary>Minimum experts per row.</summary>
    [JsonRequired]
    public int MinExperts { get; set; }

    /// <summary>M.</summary>
    [JsonRequired]
    public int MaxExperts { get; set; }

    /// <summary>One rule per layer with several experts.</summary>
    [JsonRequired]
    public CalibratedLayer[] Layers { get; set; } = [];

    /// <summary>Reads a file and checks it against the model.</summary>
    /// <exception cref="RefusedException">It cannot be read, is not a calibration, is damaged, or was made for another model.</exception>
    public static CalibrationFile Load(string path, IBuildContext build)
    {
        CalibrationFile file = Read(path);
        if (file.Format != KnownFormat)
            throw Refusal(path, $"format {file.Format}, expected {KnownFormat}. Make it again with this version of Spud");
        if (file.Model.Hash != build.ModelHash)
            throw Refusal(path, $"made for model {file.Model.Name} with hash {file.Model.Hash}, but this model's hash is {build.ModelHash}. Calibrate this model: spud calibrate");

        int[] expected = [.. Enumerable.Range(0, build.Model.Layers.Length).Where(layer => build.Model.Layers[layer].Experts > 1)];
        if (!file.Layers.Select(layer => layer.Layer).SequenceEqual(expected))
            throw Refusal(path, $"layers {string.Join(", ", file.Layers.Select(layer => layer.Layer))}, expected {string.Join(", ", expected)}: those with several experts, once each, ascending");
        foreach (CalibratedLayer layer in file.Layers)
            Require(path, file, layer);

        return file;
    }

    /// <summary>The rule of a layer.</summary>
    public LayerRule Rule(int layer)
    {
        CalibratedLayer of = Layers.First(candidate => candidate.Layer == layer);
        return new(MinExperts, MaxExperts, of.Threshold, of.Temperature) { Expected = of.Experts };
    }

    private static CalibrationFile Read(string path)
    {
        try
        {
            using FileStream stream = File.OpenRead(path);
            return JsonSerializer.Deserialize(stream, DynamicJson.Default.CalibrationFile) ?? throw new JsonException("it is null");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw Refusal(path, fault is FileNotFoundException or DirectoryNotFoundException ? "no such file. Create it with: spud calibrate" : $"cannot be read: {fault.Message}");
        }
        catch (JsonException fault)
        {
            throw Refusal(path, $"no calibration: {fault.Message.TrimEnd('.')}. Make it again: spud calibrate");
        }
    }

    private static void Require(string path, CalibrationFile file, CalibratedLayer layer)
    {
        string at = $"layer {layer.Layer}";
        if (layer.Threshold is not (> 0 and <= 1))
            throw Refusal(path, $"{at} has threshold {layer.Threshold}, expected above 0 and up to 1");
        if ((double)layer.Temperature is not (>= LayerRule.MinTemperature and <= LayerRule.MaxTemperature))
            throw Refusal(path, $"{at} has temperature {layer.Temperature}, expected {LayerRule.MinTemperature} to {LayerRule.MaxTemperature}");
        if (!(layer.Experts >= file.MinExperts && layer.Experts <= file.MaxExperts))
            throw Refusal(path, $"{at} has {layer.Experts} experts on average, expected {file.MinExperts} to {file.MaxExperts}");
    }

    private static RefusedException Refusal(string path, string what) => new($"calibration {path}: {what}.");
}

/// <summary>A model, identified by its content.</summary>
internal sealed class CalibratedModel
{
    /// <summary>The fingerprint as computed by the host.</summary>
    [JsonRequired]
    public string Hash { get; set; } = "";

    /// <summary>For information only.</summary>
    public string Name { get; set; } = "";
}

/// <summary>The rule fitted for one layer.</summary>
internal sealed class CalibratedLayer
{
    /// <summary>Index of the layer.</summary>
    [JsonRequired]
    public int Layer { get; set; }

    /// <summary>Share of the mass; double, since the few best experts often hold nearly all of it.</summary>
    [JsonRequired]
    public double Threshold { get; set; }

    /// <summary>Temperature of the mass.</summary>
    [JsonRequired]
    public float Temperature { get; set; }

    /// <summary>Average experts per row on the text.</summary>
    [JsonRequired]
    public float Experts { get; set; }
}
