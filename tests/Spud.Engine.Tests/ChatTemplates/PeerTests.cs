using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Spud.Text.ChatTemplates;
using Xunit;

namespace Spud.Tests.ChatTemplates;

/// <summary>
/// The chat templates of real models that llama.cpp's source carries. What each renders to is known as a hash of Jinja's own
/// output; where Node.js is at hand, Hugging Face's JavaScript interpreter is asked as well.
/// </summary>
public class PeerTests
{
    private static readonly JsonElement s_known = TemplateCases.Read("peer-renderings.json");

    public static TheoryData<string> Names => [.. s_known.EnumerateObject().Select(t => t.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_real_template_renders_every_conversation_as_Jinja_does(string name)
    {
        string source = ReadTemplate(name);
        JsonElement known = s_known.GetProperty(name);
        Assert.SkipUnless(Hash(source) == known.GetProperty("source").GetString(), $"the peer's {name} is another version than the one with known renderings");
        foreach ((string conversation, JsonElement expected) in TemplateCases.Members(known.GetProperty("renderings")))
        {
            string? text = TemplateCases.TryRender(source, TemplateCases.Conversations[conversation]);
            Assert.True(expected.GetString() == (text is null ? null : Hash(text)), $"{name}, '{conversation}': differs from Jinja\n{text}");
        }
    }

    [Fact]
    public void Every_template_of_the_peer_parses()
    {
        string[] files = Directory.GetFiles(TemplatesFolder(), "*.jinja");
        Assert.NotEmpty(files);
        Assert.All(files, file => ChatTemplate.Parse(File.ReadAllText(file)));
    }

    /// <summary>The JavaScript interpreter is laxer and knows less than Jinja: where the two differ, Jinja is right.</summary>
    [Fact]
    public async Task The_JavaScript_interpreter_renders_the_same_where_it_follows_Jinja()
    {
        JsonElement theirs = await AskJavaScript(TemplatesFolder());
        int same = 0;
        foreach (JsonProperty template in theirs.EnumerateObject())
        {
            string source = ReadTemplate(template.Name);
            foreach ((string conversation, JsonElement expected) in TemplateCases.Members(template.Value))
            {
                if (expected.GetString() is not { } text)
                    continue;
                string? ours = TemplateCases.TryRender(source, TemplateCases.Conversations[conversation]);
                if (ours == text)
                    same++;
                else
                    Assert.Equal(Known(template.Name, conversation), ours is null ? null : Hash(ours));
            }
        }

        Assert.True(same > 1000, $"expected more than 1,000 equal renderings, got {same}");
    }

    private static string? Known(string template, string conversation) =>
        s_known.GetProperty(template).GetProperty("renderings").GetProperty(conversation).GetString();

    private static string ReadTemplate(string name) => File.ReadAllText(Path.Combine(TemplatesFolder(), name)).ReplaceLineEndings("\n");

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..16];

    private static string PeerFolder() => Environment.GetEnvironmentVariable("SPUD_PEER") ?? Path.Combine(TestData.Root, ".cache", "peer");

    private static string TemplatesFolder()
    {
        string folder = Path.Combine(PeerFolder(), "llama.cpp", "models", "templates");
        Assert.SkipUnless(Directory.Exists(folder), $"needs llama.cpp's templates in {folder}: run bench/peer/setup.sh or set SPUD_PEER");
        return folder;
    }

    private static async Task<JsonElement> AskJavaScript(string templates)
    {
        string modules = Path.Combine(PeerFolder(), "node_modules");
        Assert.SkipUnless(Directory.Exists(Path.Combine(modules, "@huggingface", "jinja")), $"needs @huggingface/jinja in {modules}: run bench/peer/setup.sh or set SPUD_PEER");
        bool hasNode = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, OperatingSystem.IsWindows() ? "node.exe" : "node")));
        Assert.SkipUnless(hasNode, "needs Node.js on the path");
        var start = new ProcessStartInfo("node", [TestData.Path("chat-templates/render.mjs"), modules, templates]) { RedirectStandardOutput = true, StandardOutputEncoding = Encoding.UTF8 };
        using Process node = Process.Start(start)!;
        string output = await node.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await node.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, node.ExitCode);
        using JsonDocument document = JsonDocument.Parse(output);
        return document.RootElement.Clone();
    }
}
