using System.Text;
using Spud.Configuration;
using Spud.Plugins;
using Spud.Tests.Configuration;
using Xunit;

namespace Spud.Tests.Plugins;

public sealed class PluginManifestTests
{
    private const string Good = """
        {
          "$schema": "spud-plugin.schema.json", // for editors
          "id": "router.dynamic",
          "version": "1.2.3-beta.1+5",
          "contract": "[1.0,2.0)",
          "entryAssembly": "Router.Dynamic.dll",
          "entryType": "Router.Dynamic.DynamicRouterPlugin",
          "components": { "router": ["dynamic", "top-p"], "cache": ["window"] },
          "nativeLibraries": ["libtorch.so"],
          "probeMayCrash": true,
        }
        """;

    [Fact]
    public void A_manifest_says_what_a_plugin_is()
    {
        PluginManifest manifest = Read(Good).Manifest!;

        Assert.Equal("router.dynamic", manifest.Id);
        Assert.Equal("1.2.3-beta.1+5", manifest.Version);
        Assert.True(manifest.Contract.Contains(1, 0));
        Assert.Equal("Router.Dynamic.dll", manifest.EntryAssembly);
        Assert.Equal("Router.Dynamic.DynamicRouterPlugin", manifest.EntryType);
        Assert.Equal(["dynamic", "top-p"], manifest.Components["router"].AsEnumerable());
        Assert.Equal(["window"], manifest.Components["cache"].AsEnumerable());
        Assert.Equal(2, manifest.Components.Count);
        Assert.Equal(["libtorch.so"], manifest.NativeLibraries.AsEnumerable());
        Assert.True(manifest.ProbeMayCrash);
    }

    [Fact]
    public void The_manifest_of_the_cpu_backend_is_a_good_one()
    {
        PluginManifest manifest = PluginManifest.Load(Path.Combine(TestData.Root, "plugins", "Backend.Cpu", PluginManifest.FileName));

        Assert.Equal("backend.cpu", manifest.Id);
        Assert.True(manifest.Contract.Contains(ContractVersion.Major, ContractVersion.Minor));
    }

    [Fact]
    public void An_empty_manifest_lacks_everything_at_once()
    {
        Assert.Equal(
            [
                "m.json:1:1: $ lacks 'id', which a plugin manifest needs.",
                "m.json:1:1: $ lacks 'version', which a plugin manifest needs.",
                "m.json:1:1: $ lacks 'contract', which a plugin manifest needs.",
                "m.json:1:1: $ lacks 'entryAssembly', which a plugin manifest needs.",
                "m.json:1:1: $ lacks 'entryType', which a plugin manifest needs.",
                "m.json:1:1: $ lacks 'components', which a plugin manifest needs.",
            ],
            Read("{}").Faults);
    }

    [Theory]
    [InlineData("\"router.dynamic\"", "\"Router Dynamic\"", "m.json:3:9: $.id must be a string that matches [a-z0-9]+([.-][a-z0-9]+)*, got \"Router Dynamic\".")]
    [InlineData("\"router.dynamic\"", "\"\"", "m.json:3:9: $.id must not be empty.")]
    [InlineData("\"router.dynamic\"", "7", "m.json:3:9: $.id must be a string that matches [a-z0-9]+([.-][a-z0-9]+)*, got 7.")]
    [InlineData("\"id\"", "\"ids\"", "m.json:1:1: $ lacks 'id', which a plugin manifest needs.|m.json:3:3: $.ids is not a member of a plugin manifest. Known: id, version, contract, entryAssembly, entryType, components, nativeLibraries, probeMayCrash, setup. Did you mean 'id'?")]
    [InlineData("[1.0,2.0)", "^0.1", "m.json:5:15: $.contract must be a range of contract versions such as \"[1.0,2.0)\", got \"^0.1\".")]
    [InlineData("\"router\": [", "\"ruoter\": [", "m.json:8:19: $.components.ruoter is not a member of 'components' of a plugin manifest. Known: head, attention, cache, router, experts, fold, scheduler, drafter, depth. Did you mean 'router'?")]
    [InlineData("[\"window\"]", "[]", null)]
    [InlineData("\"router\": [\"dynamic\", \"top-p\"], \"cache\": [\"window\"]", "", "m.json:8:17: $.components offers nothing. Name at least one component, such as { \"experts\": [\"cpu\"] }.")]
    [InlineData("\"top-p\"", "\"dynamic\"", "m.json:8:41: $.components.router[1] offers router 'dynamic' a second time.")]
    [InlineData("\"top-p\"", "\"a/b\"", "m.json:8:41: $.components.router[1] must be a name of lower-case letters, digits, dots and dashes, got \"a/b\".")]
    [InlineData("\"top-p\"", "null", "m.json:8:41: $.components.router[1] must be a string, got null.")]
    [InlineData("\"libtorch.so\"", "\"../libtorch.so\"", "m.json:9:23: $.nativeLibraries[0] must be the name of a library without a folder, got \"../libtorch.so\".")]
    [InlineData("true,", "\"yes\",", "m.json:10:20: $.probeMayCrash must be true or false, got \"yes\".")]
    [InlineData("\"probeMayCrash\": true,", "\"id\": \"a\"", "m.json:10:3: 'id' appears twice, first at m.json:3:3. Keep one of them.")]
    [InlineData("\"1.2.3-beta.1+5\"", "\"1.2\"", null)]
    public void A_fault_has_its_place_and_says_what_to_do(string old, string changed, string? expected)
    {
        Assert.Contains(old, Good, StringComparison.Ordinal);
        (PluginManifest? manifest, string[] faults) = Read(Good.Replace(old, changed, StringComparison.Ordinal));

        if (expected is not null)
            Assert.Equal((null, expected), (manifest, string.Join('|', faults)));
        else if (changed == "[]")
            Assert.False(manifest!.Components.ContainsKey("cache"));
        else
            Assert.StartsWith("m.json:4:14: $.version must be a string that matches (0|[1-9]", Assert.Single(faults), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../Evil.dll")]
    [InlineData("C:Evil.dll")]
    [InlineData("Router.exe")]
    public void The_entry_assembly_lies_beside_the_manifest(string file)
    {
        string fault = Assert.Single(Read(Good.Replace("Router.Dynamic.dll", file, StringComparison.Ordinal)).Faults);
        Assert.StartsWith("m.json:6:20: $.entryAssembly must be a string that matches ", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_manifest_is_an_exception_that_carries_the_fault()
    {
        string path = Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("N"), PluginManifest.FileName);
        ConfigurationException refused = Assert.Throws<ConfigurationException>(() => PluginManifest.Load(path));
        Assert.Equal("no such file.", Assert.Single(refused.Faults).Message);
    }

    [Fact]
    public void Mutated_manifests_give_a_manifest_or_faults()
    {
        byte[] original = Encoding.UTF8.GetBytes(Good);
        int good = 0;
        for (int seed = 0; seed < JsonMutator.Count; seed++)
        {
            byte[] mutant = new JsonMutator(seed).Mutate(original);
            long before = GC.GetAllocatedBytesForCurrentThread();
            FaultList faults = new();
            PluginManifest? manifest = ConfigFile.Parse(mutant, "m.json", faults) is { } tree ? ManifestReader.Read(tree, faults) : null;
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(allocated < 1_000_000 + 300L * mutant.Length, $"seed {seed}: {allocated} bytes allocated for {mutant.Length}");
            Assert.True(manifest is null == faults.Count > 0, $"seed {seed}");
            good += manifest is null ? 0 : 1;
        }

        Assert.InRange(good, 1, JsonMutator.Count - 1); // both ends are reached
    }

    private static (PluginManifest? Manifest, string[] Faults) Read(string json)
    {
        FaultList faults = new();
        PluginManifest? manifest = ConfigFile.Parse(Encoding.UTF8.GetBytes(json), "m.json", faults) is { } tree ? ManifestReader.Read(tree, faults) : null;
        return (manifest, [.. faults.InOrder().Select(fault => fault.ToString())]);
    }
}
