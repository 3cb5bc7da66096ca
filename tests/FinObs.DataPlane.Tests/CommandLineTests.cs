namespace FinObs.DataPlane.Tests;

public class CommandLineTests
{
    [Fact]
    public void Settings_are_told_from_the_words_of_a_command_wherever_they_stand()
    {
        (string[] settings, string[] words) = FinObsCommands.SplitSettings(
            ["import", "--ConnectionStrings:FinObs", "Host=x;Database=y", "/data/file.csv", "--limit", "5", "--Storage:DataFolder=/var/lib/finobs"]);

        Assert.Equal(["--ConnectionStrings:FinObs", "Host=x;Database=y", "--Storage:DataFolder=/var/lib/finobs"], settings);
        Assert.Equal(["import", "/data/file.csv", "--limit", "5"], words);
    }

    [Theory]
    [InlineData("--resources", "dir", "--Resources:Folder", "dir")]
    [InlineData("--resources=dir=x", null, "--Resources:Folder=dir=x", null)]
    public void A_folder_of_resources_has_a_short_name(string first, string? second, string setting, string? value) =>
        Assert.Equal([setting, .. value is null ? [] : new[] { value }], FinObsCommands.WithoutAliases([first, .. second is null ? [] : new[] { second }]));
}
