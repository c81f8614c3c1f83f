using System.Buffers.Binary;
using System.Diagnostics;
using System.Text;

namespace Spud.Host.Tests.EndToEnd;

/// <summary>A dialogue with a small mixture of experts whose router is a copy of the plugin Odd, which a test replaces meanwhile.</summary>
internal sealed class ReloadedChat : IDisposable
{
    private const int HeaderBytes = 24;
    private const int Alignment = 32;
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(3);
    private readonly TempFolder _folder = new();
    private readonly Process _process;

    /// <param name="expert">The expert that the router gives every row at first.</param>
    /// <param name="options">More of the command line.</param>
    public ReloadedChat(int expert, params string[] options)
    {
        Plugin = Directory.CreateDirectory(Path.Combine(_folder.Path, "plugins", "my-router")).FullName;
        Restore();
        Behave($"expert {expert}");
        string[] line = ["chat", "-m", Model(), "--plugins", Path.GetDirectoryName(Plugin)!, "--set", "router.use=odd", "--max-tokens", "24", "--temperature", "0", "--stop", "\n"];
        _process = Spud.Start(Spud.Program, [.. line, .. options]);
    }

    /// <summary>The plugin's folder.</summary>
    public string Plugin { get; }

    /// <summary>Tells the plugin what to do once it is loaded again.</summary>
    public void Behave(string behaviour) => File.WriteAllText(Path.Combine(Plugin, "behaviour.txt"), behaviour);

    /// <summary>Copies the plugin's files as they were built.</summary>
    public void Restore()
    {
        foreach (string file in Directory.EnumerateFiles(TestData.Built("Odd")))
            File.Copy(file, Path.Combine(Plugin, Path.GetFileName(file)), overwrite: true);
    }

    /// <summary>Enters a line that is answered on standard output.</summary>
    public string Ask(string line) => Enter(line, _process.StandardOutput);

    /// <summary>Enters a line that is answered on standard error.</summary>
    public string Tell(string line) => Enter(line, _process.StandardError);

    /// <summary>The next line of standard error.</summary>
    public string Said() => Next(_process.StandardError);

    /// <summary>Forgets the dialogue.</summary>
    public void Reset() => Write("/reset");

    /// <summary>Ends the dialogue.</summary>
    public Outcome End() => Spud.Finish(_process, "/exit\n"u8.ToArray());

    public void Dispose()
    {
        _process.Dispose();
        _folder.Dispose();
    }

    private string Enter(string line, StreamReader answers)
    {
        Write(line);
        return Next(answers);
    }

    private void Write(string line)
    {
        _process.StandardInput.Write(line + "\n");
        _process.StandardInput.Flush();
    }

    private static string Next(StreamReader from) => from.ReadLineAsync().WaitAsync(s_patience).Result ?? throw new EndOfStreamException("the chat ended");

    // The tiny mixtures come without a chat template: one more pair after the header, as long as the alignment wants it.
    private string Model()
    {
        byte[] model = File.ReadAllBytes(TestData.Path("stories260K/stories260K-moe4x-noise-f32.gguf"));
        byte[] name = [.. "tokenizer.chat_template"u8], template = [.. "{% for message in messages %}{{ message['content'] }} {% endfor %}"u8];
        int bytes = sizeof(ulong) + name.Length + sizeof(uint) + sizeof(ulong) + template.Length, padding = -bytes & (Alignment - 1);
        using MemoryStream pair = new();
        using (BinaryWriter writer = new(pair, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write((ulong)name.Length);
            writer.Write(name);
            writer.Write(8u); // a string
            writer.Write((ulong)(template.Length + padding));
            writer.Write(template);
            writer.Write([.. Enumerable.Repeat((byte)' ', padding)]);
        }

        Span<byte> pairs = model.AsSpan(16, sizeof(ulong));
        BinaryPrimitives.WriteUInt64LittleEndian(pairs, BinaryPrimitives.ReadUInt64LittleEndian(pairs) + 1);
        return _folder.Write("mixture.gguf", [.. model[..HeaderBytes], .. pair.ToArray(), .. model[HeaderBytes..]]);
    }
}
