// A host's hidden command in one line: probes the plugin folder that is its last argument.
return Spud.Plugins.PluginProbe.RunAsChild(args[^1]);
