using Crossbench.Datasets;
using Crossbench.Web;

return await WebHost.RunAsync(new ServeOptions(new DataFolder(Path.GetFullPath(args is [_, _, var data, ..] ? data : "data")), Port: args is [_, _, _, _, var port, ..] ? int.Parse(port, System.Globalization.CultureInfo.InvariantCulture) : ServeOptions.DefaultPort), CancellationToken.None);
