using System.Security.Cryptography;
using System.Text;

namespace Spud.Evaluation.Calibration;

/// <summary>
/// Finished trials of a calibration that takes long, one record after another, so that an interrupted one goes on where it was. A record that was
/// not written completely is dropped.
/// </summary>
public sealed class TrialFile
{
    private readonly string _path;
    private readonly byte[] _key;
    private readonly List<HeadTrial> _known = [];

    /// <param name="path">Where it is, or will be.</param>
    /// <param name="settings">Everything that the trials depend on; a file of other settings is refused.</param>
    /// <param name="changes">Length of <see cref="HeadTrial.Changes"/>.</param>
    /// <exception cref="CalibrationException">The file belongs to another calibration.</exception>
    public TrialFile(string path, string settings, int changes)
    {
        (_path, _key) = (Path.GetFullPath(path), SHA256.HashData(Encoding.UTF8.GetBytes(settings)));
        if (!File.Exists(_path))
            return;

        using BinaryReader reader = new(File.OpenRead(_path));
        if (!reader.ReadBytes(_key.Length).AsSpan().SequenceEqual(_key))
            throw new CalibrationException($"{_path}: an unfinished calibration of another model, other texts or other settings. Repeat its command to finish it, or delete the file.");

        long record = sizeof(double) + (long)changes * sizeof(float);
        long records = (reader.BaseStream.Length - _key.Length) / record;
        for (long i = 0; i < records; i++)
            _known.Add(new(reader.ReadDouble(), Floats(reader, changes)));

        reader.Dispose();
        using FileStream whole = File.OpenWrite(_path);
        whole.SetLength(_key.Length + records * record);
    }

    /// <summary>The trials that it held when it was opened, in the order in which they were added.</summary>
    public IReadOnlyList<HeadTrial> Known => _known;

    /// <summary>Appends a trial.</summary>
    public void Add(HeadTrial trial)
    {
        ArgumentNullException.ThrowIfNull(trial);
        bool isNew = !File.Exists(_path);
        using BinaryWriter writer = new(new FileStream(_path, FileMode.Append, FileAccess.Write));
        if (isNew)
            writer.Write(_key);
        writer.Write(trial.Divergence);
        foreach (float change in trial.Changes)
            writer.Write(change);
    }

    /// <summary>Deletes it once the calibration is complete.</summary>
    public void Delete() => File.Delete(_path);

    private static float[] Floats(BinaryReader reader, int count)
    {
        float[] values = new float[count];
        for (int i = 0; i < count; i++)
            values[i] = reader.ReadSingle();

        return values;
    }
}
