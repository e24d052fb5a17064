/* IMPORTANT
 * This snapshot file is auto-generated, but designed for humans.
 * It should be checked into source control and tracked carefully.
 * Re-generate by setting TAP_SNAPSHOT=1 and running tests.
 * Make sure to inspect the output below.  Do not ignore changes!
 */
'use strict'
exports[`test/infra/cloud/snapshot.test.ts > TAP > templates – as they were when somebody last looked (npm run test:snapshot after a change that is meant) > ClicklakeIngest 1`] = `
Object {
  "Description": "Clicklake: the way of clicks into the lake",
  "Mappings": Object {
    "awscdkawskinesisfirehoseCidrBlocks": Object {
      "af-south-1": Object {
        "FirehoseCidrBlock": "13.244.121.224/27",
      },
      "ap-east-1": Object {
        "FirehoseCidrBlock": "18.162.221.32/27",
      },
      "ap-east-2": Object {
        "FirehoseCidrBlock": "43.212.53.160/27",
      },
      "ap-northeast-1": Object {
        "FirehoseCidrBlock": "13.113.196.224/27",
      },
      "ap-northeast-2": Object {
        "FirehoseCidrBlock": "13.209.1.64/27",
      },
      "ap-northeast-3": Object {
        "FirehoseCidrBlock": "13.208.177.192/27",
      },
      "ap-south-1": Object {
        "FirehoseCidrBlock": "13.232.67.32/27",
      },
      "ap-south-2": Object {
        "FirehoseCidrBlock": "18.60.192.128/27",
      },
      "ap-southeast-1": Object {
        "FirehoseCidrBlock": "13.228.64.192/27",
      },
      "ap-southeast-2": Object {
        "FirehoseCidrBlock": "13.210.67.224/27",
      },
      "ap-southeast-3": Object {
        "FirehoseCidrBlock": "108.136.221.64/27",
      },
      "ap-southeast-4": Object {
        "FirehoseCidrBlock": "16.50.161.128/27",
      },
      "ap-southeast-5": Object {
        "FirehoseCidrBlock": "43.216.58.0/27",
      },
      "ap-southeast-7": Object {
        "FirehoseCidrBlock": "43.208.112.96/27",
      },
      "ca-central-1": Object {
        "FirehoseCidrBlock": "35.183.92.128/27",
      },
      "ca-west-1": Object {
        "FirehoseCidrBlock": "40.176.98.192/27",
      },
      "cn-north-1": Object {
        "FirehoseCidrBlock": "52.81.151.32/27",
      },
      "cn-northwest-1": Object {
        "FirehoseCidrBlock": "161.189.23.64/27",
      },
      "eu-central-1": Object {
        "FirehoseCidrBlock": "35.158.127.160/27",
      },
      "eu-central-2": Object {
        "FirehoseCidrBlock": "16.62.183.32/27",
      },
      "eu-north-1": Object {
        "FirehoseCidrBlock": "13.53.63.224/27",
      },
      "eu-south-1": Object {
        "FirehoseCidrBlock": "15.161.135.128/27",
      },
      "eu-south-2": Object {
        "FirehoseCidrBlock": "18.100.71.96/27",
      },
      "eu-west-1": Object {
        "FirehoseCidrBlock": "52.19.239.192/27",
      },
      "eu-west-2": Object {
        "FirehoseCidrBlock": "18.130.1.96/27",
      },
      "eu-west-3": Object {
        "FirehoseCidrBlock": "35.180.1.96/27",
      },
      "il-central-1": Object {
        "FirehoseCidrBlock": "51.16.102.0/27",
      },
      "me-central-1": Object {
        "FirehoseCidrBlock": "3.28.159.32/27",
      },
      "me-south-1": Object {
        "FirehoseCidrBlock": "15.185.91.0/27",
      },
      "sa-east-1": Object {
        "FirehoseCidrBlock": "18.228.1.128/27",
      },
      "us-east-1": Object {
        "FirehoseCidrBlock": "52.70.63.192/27",
      },
      "us-east-2": Object {
        "FirehoseCidrBlock": "13.58.135.96/27",
      },
      "us-gov-east-1": Object {
        "FirehoseCidrBlock": "18.253.138.96/27",
      },
      "us-gov-west-1": Object {
        "FirehoseCidrBlock": "52.61.204.160/27",
      },
      "us-west-1": Object {
        "FirehoseCidrBlock": "13.57.135.192/27",
      },
      "us-west-2": Object {
        "FirehoseCidrBlock": "52.89.255.224/27",
      },
    },
  },
  "Outputs": Object {
    "DashboardName": Object {
      "Description": "CloudWatch dashboard",
      "Value": Object {
        "Ref": "MonitoringDashboard0C3675C6",
      },
    },
    "DeliveryStreamName": Object {
      "Description": "Delivery stream",
      "Value": Object {
        "Ref": "DeliveryStreamD784C6F5",
      },
    },
    "KeysSecret": Object {
      "Description": "Secret that holds the keys",
      "Value": Object {
        "Fn::Join": Array [
          "-",
          Array [
            Object {
              "Fn::Select": Array [
                0,
                Object {
                  "Fn::Split": Array [
                    "-",
                    Object {
                      "Fn::Select": Array [
                        6,
                        Object {
                          "Fn::Split": Array [
                            ":",
                            Object {
                              "Ref": "EdgeKeys28DE6F80",
                            },
                          ],
                        },
                      ],
                    },
                  ],
                },
              ],
            },
            Object {
              "Fn::Select": Array [
                1,
                Object {
                  "Fn::Split": Array [
                    "-",
                    Object {
                      "Fn::Select": Array [
                        6,
                        Object {
                          "Fn::Split": Array [
                            ":",
                            Object {
                              "Ref": "EdgeKeys28DE6F80",
                            },
                          ],
                        },
                      ],
                    },
                  ],
                },
              ],
            },
          ],
        ],
      },
    },
    "Url": Object {
      "Description": "Where clicks are sent to",
      "Value": Object {
        "Fn::GetAtt": Array [
          "EdgeApi65822B7B",
          "ApiEndpoint",
        ],
      },
    },
  },
  "Parameters": Object {
    "BootstrapVersion": Object {
      "Default": "/cdk-bootstrap/hnb659fds/version",
      "Description": "Version of the CDK Bootstrap resources in this environment, automatically retrieved from SSM Parameter Store. [cdk:skip]",
      "Type": "AWS::SSM::Parameter::Value<String>",
    },
  },
  "Resources": Object {
    "ComputeBalancerGroupBD5994FE": Object {
      "Properties": Object {
        "GroupDescription": "Load balancer of the click service",
        "Tags": Array [
          Object {
            "Key": "application",
            "Value": "clicklake",
          },
        ],
        "VpcId": Object {
          "Ref": "ComputeVpcDE29A423",
        },
      },
      "Type": "AWS::EC2::SecurityGroup",
    },
    "ComputeBalancerGroupfromClicklakeIngestComputeLinkGroupDA5CEC25805AE27FFC": Object {
      "Properties": Object {
        "Description": "the gateway",
        "FromPort": 80,
        "GroupId": Object {
          "Fn::GetAtt": Array [
            "ComputeBalancerGroupBD5994FE",
            "GroupId",
          ],
        },
        "IpProtocol": "tcp",
        "SourceSecurityGroupId": Object {
          "Fn::GetAtt": Array [
            "ComputeLinkGroup0BB67652",
            "GroupId",
          ],
        },
        "ToPort": 80,
      },
      "Type": "AWS::EC2::SecurityGroupIngress",
    },
    "ComputeBalancerGrouptoClicklakeIngestComputeTaskGroup2E9072283000759D17EA": Object {
      "Properties": Object {
        "Description": "the load balancer",
        "DestinationSecurityGroupId": Object {
          "Fn::GetAtt": Array [
            "ComputeTaskGroup4ED32279",
            "GroupId",
          ],
        },
        "FromPort": 3000,
        "GroupId": Object {
          "Fn::GetAtt": Array [
            "ComputeBalancerGroupBD5994FE",
            "GroupId",
          ],
        },
        "IpProtocol": "tcp",
        "ToPort": 3000,
      },
      "Type": "AWS::EC2::SecurityGroupEgress",
    },
    "ComputeCluster4F8E5F81": Object {
      "Properties": Object {
        "ClusterSettings": Array [
          Object {
            "Name": "containerInsights",
            "Value": "disabled",
          },
        ],
        "Tags": Array [
          Object {
            "Key": "application",
            "Value": "clicklake",
          },
        ],
      },
      "Type": "AWS::ECS::Cluster",
    },
    "ComputeEndpointGroupE9AE0FA0": Object {
      "Properties": Object {
        "GroupDescription": "Endpoints of AWS services",
        "SecurityGroupEgress": Array [
          Object {
            "CidrIp": "255.255.255.255/32",
            "Description": "Disallow all traffic",
            "FromPort": 252,
            "IpProtocol": "icmp",
            "ToPort": 86,
          },
        ],
        "Tags": Array [
          Object {
            "Key": "application",
            "Value": "clicklake",
          },
        ],
        "VpcId": Object {
          "Ref": "ComputeVpcDE29A423",
        },
      },
      "Type": "AWS::EC2::SecurityGroup",
    },
    "ComputeEndpointGroupfromClicklakeIngestComputeTaskGroup2E907228443412EDB70": Object {
      "Properties": Object {
        "Description": "tasks",
        "FromPort": 443,
        "GroupId": Object {
          "Fn::GetAtt": Array [
            "ComputeEndpointGroupE9AE0FA0",
            "GroupId",
          ],
        },
        "IpProtocol": "tcp",
        "SourceSecurityGroupId": Object {
          "Fn::GetAtt": Array [
            "ComputeTaskGroup4ED32279",
            "GroupId",
          ],
        },
        "ToPort": 443,
      },
      "Type": "AWS::EC2::SecurityGroupIngress",
    },
    "ComputeLinkGroup0BB67652": Object {
      "Properties": Object {
        "GroupDescription": "VPC link of the gateway",
        "Tags": Array [
          Object {
            "Key": "application",
            "Value": "clicklake",
          },
        ],
        "VpcId": Object {
          "Ref": "ComputeVpcDE29A423",
        },
      },
      "Type": "AWS::EC2::SecurityGroup",
    },
    "ComputeLinkGrouptoClicklakeIngestComputeBalancerGroup6219262380E6E52E31": Object {
      "Properties": Object {
        "Description": "the gateway",
        "DestinationSecurityGroupId": Object {
          "Fn::GetAtt": Array [
            "ComputeBalancerGroupBD5994FE",
            "GroupId",
          ],
        },
        "FromPort": 80,
        "GroupId": Object {
          "Fn::GetAtt": Array [
            "ComputeLinkGroup0BB67652",
            "GroupId",
          ],
        },
        "IpProtocol": "tcp",
        "ToPort": 80,
      },
      "Type": "AWS::EC2::SecurityGroupEgress",
    },
    "ComputeLoadBalancer19999A7D": Object {
      "Properties": Object {
        "LoadBalancerAttributes": Array [
          Object {
            "Key": "deletion_protection.enabled",
            "Value": "false",
          },
          Object {
            "Key": "routing.http.drop_invalid_header_fields.enabled",
            "Value": "true",
          },
        ],
        "Scheme": "internal",
        "SecurityGroups": Array [
          Object {
            "Fn::GetAtt": Array [
              "ComputeBalancerGroupBD5994FE",
              "GroupId",
            ],
          },
        ],
        "Subnets": Array [
          Object {
            "Ref": "ComputeVpctasksSubnet1Subnet25924763",
          },
          Object {
            "Ref": "ComputeVpctasksSubnet2Subnet3BE8AE5A",
          },
        ],
        "Tags": Array [
          Object {
            "Key": "application",
            "Value": "clicklake",
          },
        ],
        "Type": "application",
      },
      "Type": "AWS::ElasticLoadBalancingV2::LoadBalancer",
    },
    "ComputeLoadBalancerListener6F7D2E6F": Object {
      "Properties": Object {
        "DefaultActions": Array [
          Object {
            "TargetGroupArn": Object {
              "Ref": "ComputeLoadBalancerListenerTasksGroup6D959A73",
            },
            "Type": "forward",
          },
        ],
        "LoadBalancerArn": Object {
          "Ref": "ComputeLoadBalancer19999A7D",
        },
        "Port": 80,
        "Protocol": "HTTP",
        "Tags": Array [
          Object {
            "Key": "application",
            "Value": "clicklake",
          },
        ],
      },
      "Type": "AWS::ElasticLoadBalancingV2::Listener",
    },
    "ComputeLoadBalancerListenerTasksGroup6D959A73": Object {
      "Properties": Object {
        "HealthCheckIntervalSeconds": 10,
        "HealthCheckPath": "/health/ready",
        "HealthCheckTimeoutSeconds": 3,
        "HealthyThresholdCount": 2,
        "Port": 3000,
        "Protocol": "HTTP",
        "Tags": Array [
          Object {
            "Key": "application",
            "Value": "clicklake",
          },
        ],
        "TargetGroupAttributes": Array [
          Object {
            "Key": "deregistration_delay.timeout_seconds",
            "Value": "35",
          },
          Object {
            "Key": "stickiness.enabled",
            "Value": "false",
          },
        ],
        "TargetType": "ip",
        "UnhealthyThresholdCount": 3,
        "VpcId": Object {
          "Ref": "ComputeVpcDE29A423",
        },
      },
      "Type": "AWS::ElasticLoadBalancingV2::TargetGroup",
    },
    "ComputeLogsE27FA7AF": Object {
      "DeletionPolicy": "Delete",
      "Properties": Object {
        "RetentionInDays": 30,
        "Tags": Array [
          Object {
            "Key": "application",
            "Value": "clicklake",
          },
        ],
      },
      "Type": "AWS::Logs::LogGroup",
      "UpdateReplacePolicy": "Delete",
    },
    "ComputeServiceC2A22793": Object {
      "DependsOn": Array [
        "ComputeLoadBalancerListener6F7D2E6F",
        "ComputeLoadBalancerListenerTasksGroup6D959A73",
        "ComputeTaskTaskRoleDefaultPolicy8E5AA1A9",
        "ComputeTaskTaskRoleB3C3E5F9",
      ],
      "Properties": Object {
        "Cluster": Object {
          "Ref": "ComputeCluster4F8E5F81",
        },
        "DeploymentConfiguration": Object {
          "DeploymentCircuitBreaker": Object {
            "Enable": true,
            "Rollback": true,
          },
          "MaximumPercent": 200,
          "MinimumHealthyPercent": 100,
        },
        "DesiredCount": 2,
        "EnableECSManagedTags": false,
        "HealthCheckGracePeriodSeconds": 30,
        "LaunchType": "FARGATE",
        "LoadBalancers": Array [
          Object {
            "ContainerName": "service",
            "ContainerPort": 3000,
            "TargetGroupArn": Object {
              "Ref": "ComputeLoadBalancerListenerTasksGroup6D959A73",
            },
          },
        ],
        "NetworkConfiguration": Object {
          "AwsvpcConfiguration": Object {
            "AssignPublicIp": "DISABLED",
            "SecurityGroups": Array [
              Object {
                "Fn::GetAtt": Array [
                  "ComputeTaskGroup4ED32279",
                  "GroupId",
                ],
              },
            ],
            "Subnets": Array [
              Object {
                "Ref": "ComputeVpctasksSubnet1Subnet25924763",
              },
              Object {
                "Ref": "ComputeVpctasksSubnet2Subnet3BE8AE5A",
              },
            ],
          },
        },
        "Tags": Array [
          Object {
            "Key": "application",
            "Value": "clicklake",
          },
        ],
        "TaskDefinition": Object {
          "Ref": "ComputeTask77A9816A",
        },
      },
      "Type": "AWS::ECS::Service",
    },
    "ComputeServiceTaskCountTargetC50ABDB5": Object {
      "DependsOn": Array [
        "ComputeTaskTaskRoleDefaultPolicy8E5AA1A9",
        "ComputeTaskTaskRoleB3C3E5F9",
      ],
      "Properties": Object {
        "MaxCapacity": 10,
        "MinCapacity": 2,
        "ResourceId": Object {
          "Fn::Join": Array [
            "",
            Array [
              "service/",
              Object {
                "Ref": "ComputeCluster4F8E5F81",
              },
              "/",
              Object {
                "Fn::GetAtt": Array [
                  "ComputeServiceC2A22793",
                  "Name",
                ],
              },
            ],
          ],
        },
        "RoleARN": Object {
          "Fn::Join": Array [
            "",
            Array [
              "arn:",
              Object {
                "Ref": "AWS::Partition",
              },
              ":iam::",
              Object {
                "Ref": "AWS::AccountId",
              },
              ":role/aws-service-role/ecs.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_ECSService",
            ],
          ],
        },
        "ScalableDimension": "ecs:service:DesiredCount",
        "ServiceNamespace": "ecs",
        "Tags": Array [
          Object {
            "Key": "application",
            "Value": "clicklake",
          },
        ],
      },
      "Type": "AWS::ApplicationAutoScaling::ScalableTarget",
    },
    "ComputeServiceTaskCountTargetCpu227C74FB": Object {
      "DependsOn": Array [
        "ComputeTaskTaskRoleDefaultPolicy8E5AA1A9",
        "ComputeTaskTaskRoleB3C3E5F9",
      ],
      "Properties": Object {
        "PolicyName": "ClicklakeIngestComputeServiceTaskCountTargetCpuB0933A06",
        "PolicyType": "TargetTrackingScaling",
        "ScalingTargetId": Object {
          "Ref": "ComputeServiceTaskCountTargetC50ABDB5",
        },
        "TargetTrackingScalingPolicyConfiguration": Object {
          "PredefinedMetricSpecification": Object {
            "PredefinedMetricType": "ECSServiceAverageCPUUtilization",
          },
          "TargetValue": 60,
        },
      },
      "Type": "AWS::ApplicationAutoScaling::ScalingPolicy",
    },
    "ComputeServiceTaskCountTargetRequests38420202": Object {
      "DependsOn": Array [
        "ComputeTaskTaskRoleDefaultPolicy8E5AA1A9",
        "ComputeTaskTaskRoleB3C3E5F9",
      ],
      "Properties": Object {
        "PolicyName": "ClicklakeIngestComputeServiceTaskCountTargetRequests4B47DEA3",
        "PolicyType": "TargetTrackingScaling",
        "ScalingTargetId": Object {
          "Ref": "ComputeServiceTaskCountTargetC50ABDB5",
        },
        "TargetTrackingScalingPolicyConfiguration": Object {
          "PredefinedMetricSpecification": Object {
            "PredefinedMetricType": "ALBRequestCountPerTarget",
            "ResourceLabel": Object {
              "Fn::Join": Array [
                "",
                Array [
                  Object {
                    "Fn::Select": Array [
                      1,
                      Object {
                        "Fn::Split": Array [
                          "/",
                          Object {
                            "Ref": "ComputeLoadBalancerListener6F7D2E6F",
                          },
                        ],
                      },
                    ],
                  },
                  "/",
                  Object {
                    "Fn::Select": Array [
                      2,
                      Object {
                        "Fn::Split": Array [
                          "/",
                          Object {
                            "Ref": "ComputeLoadBalancerListener6F7D2E6F",
                          },
                        ],
                      },
                    ],
                  },
                  "/",
                  Object {
                    "Fn::Select": Array [
                      3,
                      Object {
                        "Fn::Split": Array [
                          "/",
                          Object {
                            "Ref": "ComputeLoadBalancerListener6F7D2E6F",
                          },
                        ],
                      },
                    ],
                  },
                  "/",
                  Object {
                    "Fn::GetAtt": Array [
                      "ComputeLoadBalancerListenerTasksGroup6D959A73",
                      "TargetGroupFullName",
                    ],
                  },
                ],
              ],
            },
          },
          "TargetValue": 30000,
        },
      },
      "Type": "AWS::ApplicationAutoScaling::ScalingPolicy",
    },
    "ComputeTask77A9816A": Object {
      "Properties": Object {
        "ContainerDefinitions": Array [
          Object {
            "Environment": Array [
              Object {
                "Name": "PORT",
                "Value": "3000",
              },
              Object {
                "Name": "DELIVERY_STREAM",
                "Value": Object {
                  "Ref": "DeliveryStreamD784C6F5",
                },
              },
              Object {
                "Name": "SPILL_BUCKET",
                "Value": Object {
                  "Fn::ImportValue": "ClicklakeStorage:ExportsOutputRefBucket83908E7781C90AC0",
                },
              },
              Object {
                "Name": "AUTH",
                "Value": "gateway",
              },
              Object {
                "Name": "DRAIN_DELAY_MS",
                "Value": "5000",
              },
              Object {
                "Name": "IP_POLICY",
                "Value": "truncate",
              },
              Object {
                "Name": "GPC_POLICY",
                "Value": "anonymise",
              },
            ],
            "Essential": true,
            "Image": Object {
              "Fn::Sub": "\${AWS::AccountId}.dkr.ecr.\${AWS::Region}.\${AWS::URLSuffix}/cdk-hnb659fds-container-assets-\${AWS::AccountId}-\${AWS::Region}:asset",
            },
            "LogConfiguration": Object {
              "LogDriver": "awslogs",
              "Options": Object {
                "awslogs-group": Object {
                  "Ref": "ComputeLogsE27FA7AF",
                },
                "awslogs-region": Object {
                  "Ref": "AWS::Region",
                },
                "awslogs-stream-prefix": "service",
                "max-buffer-size": "26214400b",
                "mode": "non-blocking",
              },
            },
            "Name": "service",
            "PortMappings": Array [
              Object {
                "ContainerPort": 3000,
                "Protocol": "tcp",
              },
            ],
            "ReadonlyRootFilesystem": true,
            "StopTimeout": 60,
          },
        ],
        "Cpu": "256",
        "ExecutionRoleArn": Object {
          "Fn::GetAtt": Array [
            "ComputeTaskExecutionRoleC27E8715",
            "Arn",
          ],
        },
        "Family": "ClicklakeIngestComputeTaskE3167971",
        "Memory": "512",
        "NetworkMode": "awsvpc",
        "RequiresCompatibilities": Array [
          "FARGATE",
        ],
        "RuntimePlatform": Object {
          "CpuArchitecture": "X86_64",
          "OperatingSystemFamily": "LINUX",
        },
        "Tags": Array [
          Object {
            "Key": "application",
            "Value": "clicklake",
          },
        ],
        "TaskRoleArn": Object {
          "Fn::GetAtt": Array [
            "ComputeTaskTaskRoleB3C3E5F9",
            "Arn",
          ],
        },
      },
      "Type": "AWS::ECS::TaskDefinition",
    },
    "ComputeTaskExecutionRoleC27E8715": Object {
      "Properties": Object {
        "AssumeRolePolicyDocument": Object {
          "Statement": Array [
            Object {
              "Action": "sts:AssumeRole",
              "Effect": "Allow",
              "Principal": Object {
                "Service": "ecs-tasks.amazonaws.com",
              },
            },
          ],
          "Version": "2012-10-17",
        },
        "Tags": Array [
          Object {
            "Key": "application",
            "Value": "clicklake",
          },
        ],
      },
      "Type": "AWS::IAM::Role",
    },
    "ComputeTaskExecutionRoleDefaultPolicyA95DBE76": Object {
      "Properties": Object {
        "PolicyDocument": Object {
          "Statement": Array [
            Object {
              "Action": Array [
                "ecr:BatchCheckLayerAvailability",
                "ecr:BatchGetImage",
                "ecr:GetDownloadUrlForLayer",
              ],
              "Effect": "Allow",
              "Resource": Object {
                "Fn::Join": Array [
                  "",
                  Array [
                    "arn:",
                    Object {
                      "Ref": "AWS::Partition",
                    },
                    ":ecr:",
                    Object {
                      "Ref": "AWS::Region",
                    },
                    ":",
                    Object {
                      "Ref": "AWS::AccountId",
                    },
                    ":repository/",
                    Object {
                      "Fn::Sub": "cdk-hnb659fds-container-assets-\${AWS::AccountId}-\${AWS::Region}",
                    },
                  ],
                ],
              },
            },
            Object {
              "Action": "ecr:GetAuthorizationToken",
              "Effect": "Allow",
              "Resource": "*",
            },
            Object {
              "Action": Array [
                "logs:CreateLogStream",
                "logs:PutLogEvents",
              ],
              "Effect": "Allow",
              "Resource": Object {
                "Fn::GetAtt": Array [
                  "ComputeLogsE27FA7AF",
                  "Arn",
                ],
              },
            },
          ],
          "Version": "2012-10-17",
        },
        "PolicyName": "ComputeTaskExecutionRoleDefaultPolicyA95DBE76",
        "Roles": Array [
          Object {
            "Ref": "ComputeTaskExecutionRoleC27E8715",
          },
        ],
      },
      "Type": "AWS::IAM::Policy",
    },
    "ComputeTaskGroup4ED32279": Object {
      "Properties": Object {
        "GroupDescription": "Tasks of the click service",
        "SecurityGroupEgress": Array [
          Object {
            "CidrIp": "0.0.0.0/0",
            "Description": "layers of the image, through the S3 endpoint",
            "FromPort": 443,
            "IpProtocol": "tcp",
            "ToPort": 443,
          },
        ],
        "Tags": Array [
          Object {
            "Key": "application",
            "Value": "clicklake",
          },
        ],
        "VpcId": Object {
          "Ref": "ComputeVpcDE29A423",
        },
      },
      "Type": "AWS::EC2::SecurityGroup",
    },
    "ComputeTaskGroupfromClicklakeIngestComputeBalancerGroup6219262330007DCB2DAD": Object {
      "Properties": Object {
        "Description": "the load balancer",
        "FromPort": 3000,
        "GroupId": Object {
          "Fn::GetAtt": Array [
            "ComputeTaskGroup4ED32279",
            "GroupId",
          ],
        },
        "IpProtocol": "tcp",
        "SourceSecurityGroupId": Object {
          "Fn::GetAtt": Array [
            "ComputeBalancerGroupBD5994FE",
            "GroupId",
          ],
        },
        "ToPort": 3000,
      },
      "Type": "AWS::EC2::SecurityGroupIngress",
    },
    "ComputeTaskGrouptoClicklakeIngestComputeEndpointGroupD30DD1E44438FFEA24B": Object {
      "Properties": Object {
        "Description": "tasks",
        "DestinationSecurityGroupId": Object {
          "Fn::GetAtt": Array [
            "ComputeEndpointGroupE9AE0FA0",
            "GroupId",
          ],
        },
        "FromPort": 443,
        "GroupId": Object {
          "Fn::GetAtt": Array [
            "ComputeTaskGroup4ED32279",
            "GroupId",
          ],
        },
        "IpProtocol": "tcp",
        "ToPort": 443,
      },
      "Type": "AWS::EC2::SecurityGroupEgress",
    },
    "ComputeTaskTaskRoleB3C3E5F9": Object {
      "Properties": Object {
        "AssumeRolePolicyDocument": Object {
          "Statement": Array [
            Object {
              "Action": "sts:AssumeRole",
              "Effect": "Allow",
              "Principal": Object {
                "Service": "ecs-tasks.amazonaws.com",
              },
            },
          ],
          "Version": "2012-10-17",
        },
        "Tags": Array [
          Object {
            "Key": "application",
            "Value": "clicklake",
          },
        ],
      },
      "Type": "AWS::IAM::Role",
    },
    "ComputeTaskTaskRoleDefaultPolicy8E5AA1A9": Object {
      "Properties": Object {
        "PolicyDocument": Object {
          "Statement": Array [
            Object {
              "Action": "firehose:PutRecordBatch",
              "Effect": "Allow",
              "Resource": Object {
                "Fn::GetAtt": Array [
                  "DeliveryStreamD784C6F5",
                  "Arn",
                ],
              },
            },
            Object {
              "Action": "s3:PutObject",
              "Effect": "Allow",
              "Resource": Array [
                Object {
                  "Fn::Join": Array [
                    "",
                    Array [
                      Object {
                        "Fn::ImportValue": "ClicklakeStorage:ExportsOutputFnGetAttBucket83908E77Arn063C8555",
                      },
                      "/rejected/*",
                    ],
                  ],
                },
                Object {
                  "Fn::Join": Array [
                    "",
                    Array [
                      Object {
                        "Fn::ImportValue": "ClicklakeStorage:ExportsOutputFnGetAttBucket83908E77Arn063C8555",
                      },
                      "/spill/*",
                    ],
                  ],
                },
              ],
            },
          ],
          "Version": "2012-10-17",
        },
        "PolicyName": "ComputeTaskTaskRoleDefaultPolicy8E5AA1A9",
        "Roles": Array [
          Object {
            "Ref": "ComputeTaskTaskRoleB3C3E5F9",
          },
        ],
      },
      "Type": "AWS::IAM::Policy",
    },
    "ComputeVpcDE29A423": Object {
      "Properties": Object {
        "CidrBlock": "10.0.0.0/16",
        "EnableDnsHostnames": true,
        "EnableDnsSupport": true,
        "InstanceTenancy": "default",
        "Tags": Array [
          Object {
            "Key": "application",
            "Value": "clicklake",
          },
          Object {
            "Key": "Name",
            "Value": "ClicklakeIngest/Compute/Vpc",
          },
        ],
      },
      "Type": "AWS::EC2::VPC",
    },
    "ComputeVpcEcrApiFFDB9005": Object {
      "Properties": Object {
        "PrivateDnsEnabled": true,
        "SecurityGroupIds": Array [
          Object {
            "Fn::GetAtt": Array [
              "ComputeEndpointGroupE9AE0FA0",
              "GroupId",
            ],
          },
        ],
        "ServiceName": Object {
          "Fn::Join": Array [
            "",
            Array [
              "com.amazonaws.",
              Object {
                "Ref": "AWS::Region",
              },
              ".ecr.api",
            ],
          ],
        },
        "SubnetIds": Array [
          Object {
            "Ref": "ComputeVpctasksSubnet1Subnet25924763",
          },
          Object {
            "Ref": "ComputeVpctasksSubnet2Subnet3BE8AE5A",
          },
        ],
        "Tags": Array [
          Object {
            "Key": "application",
            "Value": "clicklake",
          },
          Object {
            "Key": "Name",
            "Value": "ClicklakeIngest/Compute/Vpc",
          },
        ],
        "VpcEndpointType": "Interface",
        "VpcId": Object {
          "Ref": "ComputeVpcDE29A423",
        },
      },
      "Type": "AWS::EC2::VPCEndpoint",
    },
    "ComputeVpcEcrDockerFB819E59": Object {
      "Properties": Object {
        "PrivateDnsEnabled": true,
        "SecurityGroupIds": Array [
          Object {
            "Fn::GetAtt": Array [
              "ComputeEndpointGroupE9AE0FA0",
              "GroupId",
            ],
          },
        ],
        "ServiceName": Object {
          "Fn::Join": Array [
            "",
            Array [
              "com.amazonaws.",
              Object {
                "Ref": "AWS::Region",
              },
              ".ecr.dkr",
            ],
          ],
        },
        "SubnetIds": Array [
          Object {
            "Ref": "ComputeVpctasksSubnet1Subnet25924763",
          },
          Object {
            "Ref": "ComputeVpctasksSubnet2Subnet3BE8AE5A",
          },
        ],
        "Tags": Array [
          Object {
            "Key": "application",
            "Value": "clicklake",
          },
          Object {
            "Key": "Name",
            "Value": "ClicklakeIngest/Compute/Vpc",
          },
        ],
        "VpcEndpointType": "Interface",
        "VpcId": Object {
          "Ref": "ComputeVpcDE29A423",
        },
      },
      "Type": "AWS::EC2::VPCEndpoint",
    },
    "ComputeVpcFirehose1A2D1AE8": Object {
      "Properties": Object {
        "PrivateDnsEnabled": true,
        "SecurityGroupIds": Array [
          Object {
            "Fn::GetAtt": Array [
              "ComputeEndpointGroupE9AE0FA0",
              "GroupId",
            ],
          },
        ],
        "ServiceName": Object {
          "Fn::Join": Array [
            "",
            Array [
              "com.amazonaws.",
              Object {
                "Ref": "AWS::Region",
              },
              ".kinesis-firehose",
            ],
          ],
        },
        "SubnetIds": Array [
          Object {
            "Ref": "ComputeVpctasksSubnet1Subnet25924763",
          },
          Object {
            "Ref": "ComputeVpctasksSubnet2Subnet3BE8AE5A",
          },
        ],
        "Tags": Array [
          Object {
            "Key": "application",
            "Value": "clicklake",
          },
          Object {
            "Key": "Name",
            "Value": "ClicklakeIngest/Compute/Vpc",
          },
        ],
        "VpcEndpointType": "Interface",
        "VpcId": Object {
          "Ref": "ComputeVpcDE29A423",
        },
      },
      "Type": "AWS::EC2::VPCEndpoint",
    },
    "ComputeVpcLogsC00649BC": Object {
      "Properties": Object {
        "PrivateDnsEnabled": true,
        "SecurityGroupIds": Array [
          Object {
            "Fn::GetAtt": Array [
              "ComputeEndpointGroupE9AE0FA0",
              "GroupId",
            ],
          },
        ],
        "ServiceName": Object {
          "Fn::Join": Array [
            "",
            Array [
              "com.amazonaws.",
              Object {
                "Ref": "AWS::Region",
              },
              ".logs",
            ],
          ],
        },
        "SubnetIds": Array [
          Object {
            "Ref": "ComputeVpctasksSubnet1Subnet25924763",
          },
          Object {
            "Ref": "ComputeVpctasksSubnet2Subnet3BE8AE5A",
          },
        ],
        "Tags": Array [
          Object {
            "Key": "application",
            "Value": "clicklake",
          },
          Object {
            "Key": "Name",
            "Value": "ClicklakeIngest/Compute/Vpc",
          },
        ],
        "VpcEndpointType": "Interface",
        "VpcId": Object {
          "Ref": "ComputeVpcDE29A423",
        },
      },
      "Type": "AWS::EC2::VPCEndpoint",
    },
    "ComputeVpcS38695D63F": Object {
      "Properties": Object {
        "RouteTableIds": Array [
          Object {
            "Ref": "ComputeVpctasksSubnet1RouteTable9532A401",
          },
          Object {
            "Ref": "ComputeVpctasksSubnet2RouteTable874784ED",
          },
        ],
        "ServiceName": Object {
          "Fn::Join": Array [
            "",
            Array [
              "com.amazonaws.",
              Object {
                "Ref": "AWS::Region",
              },
              ".s3",
            ],
          ],
        },
        "Tags": Array [
          Object {
            "Key": "application",
            "Value": "clicklake",
          },
          Object {
            "Key": "Name",
            "Value": "ClicklakeIngest/Compute/Vpc",
          },
        ],
        "VpcEndpointType": "Gateway",
        "VpcId": Object {
          "Ref": "ComputeVpcDE29A423",
        },
      },
      "Type": "AWS::EC2::VPCEndpoint",
    },
    "ComputeVpctasksSubnet1RouteTable9532A401": Object {
      "Properties": Object {
        "Tags": Array [
          Object {
            "Key": "application",
            "Value": "clicklake",
          },
          Object {
            "Key": "Name",
            "Value": "ClicklakeIngest/Compute/Vpc/tasksSubnet1",
          },
        ],
        "VpcId": Object {
          "Ref": "ComputeVpcDE29A423",
        },
      },
      "Type": "AWS::EC2::RouteTable",
    },
    "ComputeVpctasksSubnet1RouteTableAssociation767D8134": Object {
      "Properties": Object {
        "RouteTableId": Object {
          "Ref": "ComputeVpctasksSubnet1RouteTable9532A401",
        },
        "SubnetId": Object {
          "Ref": "ComputeVpctasksSubnet1Subnet25924763",
        },
      },
      "Type": "AWS::EC2::SubnetRouteTableAssociation",
    },
    "ComputeVpctasksSubnet1Subnet25924763": Object {
      "Properties": Object {
        "AvailabilityZone": Object {
          "Fn::Select": Array [
            0,
            Object {
              "Fn::GetAZs": "",
            },
          ],
        },
        "CidrBlock": "10.0.0.0/24",
        "MapPublicIpOnLaunch": false,
        "Tags": Array [
          Object {
            "Key": "application",
            "Value": "clicklake",
          },
          Object {
            "Key": "aws-cdk:subnet-name",
            "Value": "tasks",
          },
          Object {
            "Key": "aws-cdk:subnet-type",
            "Value": "Isolated",
          },
          Object {
            "Key": "Name",
            "Value": "ClicklakeIngest/Compute/Vpc/tasksSubnet1",
          },
        ],
        "VpcId": Object {
          "Ref": "ComputeVpcDE29A423",
        },
      },
      "Type": "AWS::EC2::Subnet",
    },
    "ComputeVpctasksSubnet2RouteTable874784ED": Object {
      "Properties": Object {
        "Tags": Array [
          Object {
            "Key": "application",
            "Value": "clicklake",
          },
          Object {
            "Key": "Name",
            "Value": "ClicklakeIngest/Compute/Vpc/tasksSubnet2",
          },
        ],
        "VpcId": Object {
          "Ref": "ComputeVpcDE29A423",
        },
      },
      "Type": "AWS::EC2::RouteTable",
    },
    "ComputeVpctasksSubnet2RouteTableAssociation3067E147": Object {
      "Properties": Object {
        "RouteTableId": Object {
          "Ref": "ComputeVpctasksSubnet2RouteTable874784ED",
        },
        "SubnetId": Object {
          "Ref": "ComputeVpctasksSubnet2Subnet3BE8AE5A",
        },
      },
      "Type": "AWS::EC2::SubnetRouteTableAssociation",
    },
    "ComputeVpctasksSubnet2Subnet3BE8AE5A": Object {
      "Properties": Object {
        "AvailabilityZone": Object {
          "Fn::Select": Array [
            1,
            Object {
              "Fn::GetAZs": "",
            },
          ],
        },
        "CidrBlock": "10.0.1.0/24",
        "MapPublicIpOnLaunch": false,
        "Tags": Array [
          Object {
            "Key": "application",
            "Value": "clicklake",
          },
          Object {
            "Key": "aws-cdk:subnet-name",
            "Value": "tasks",
          },
          Object {
            "Key": "aws-cdk:subnet-type",
            "Value": "Isolated",
          },
          Object {
            "Key": "Name",
            "Value": "ClicklakeIngest/Compute/Vpc/tasksSubnet2",
          },
        ],
        "VpcId": Object {
          "Ref": "ComputeVpcDE29A423",
        },
      },
      "Type": "AWS::EC2::Subnet",
    },
    "DeliveryLogsE7964E8F": Object {
      "DeletionPolicy": "Delete",
      "Properties": Object {
        "RetentionInDays": 30,
        "Tags": Array [
          Object {
            "Key": "application",
            "Value": "clicklake",
          },
        ],
      },
      "Type": "AWS::Logs::LogGroup",
      "UpdateReplacePolicy": "Delete",
    },
    "DeliveryLogsS3DestinationBF54A19B": Object {
      "DeletionPolicy": "Retain",
      "Properties": Object {
        "LogGroupName": Object {
          "Ref": "DeliveryLogsE7964E8F",
        },
      },
      "Type": "AWS::Logs::LogStream",
      "UpdateReplacePolicy": "Retain",
    },
    "DeliveryPolicy65DA6841": Object {
      "Properties": Object {
        "PolicyDocument": Object {
          "Statement": Array [
            Object {
              "Action": Array [
                "s3:GetBucketLocation",
                "s3:ListBucket",
                "s3:ListBucketMultipartUploads",
              ],
              "Effect": "Allow",
              "Resource": Object {
                "Fn::ImportValue": "ClicklakeStorage:ExportsOutputFnGetAttBucket83908E77Arn063C8555",
              },
            },
            Object {
              "Action": Array [
                "s3:AbortMultipartUpload",
                "s3:GetObject",
                "s3:PutObject",
              ],
              "Effect": "Allow",
              "Resource": Array [
                Object {
                  "Fn::Join": Array [
                    "",
                    Array [
                      Object {
                        "Fn::ImportValue": "ClicklakeStorage:ExportsOutputFnGetAttBucket83908E77Arn063C8555",
                      },
                      "/clicks/*",
                    ],
                  ],
                },
                Object {
                  "Fn::Join": Array [
                    "",
                    Array [
                      Object {
                        "Fn::ImportValue": "ClicklakeStorage:ExportsOutputFnGetAttBucket83908E77Arn063C8555",
                      },
                      "/errors/*",
                    ],
                  ],
                },
              ],
            },
            Object {
              "Action": Array [
                "glue:GetTable",
                "glue:GetTableVersion",
                "glue:GetTableVersions",
              ],
              "Effect": "Allow",
              "Resource": Array [
                Object {
                  "Fn::Join": Array [
                    "",
                    Array [
                      "arn:",
                      Object {
                        "Ref": "AWS::Partition",
                      },
                      ":glue:",
                      Object {
                        "Ref": "AWS::Region",
                      },
                      ":",
                      Object {
                        "Ref": "AWS::AccountId",
                      },
                      ":catalog",
                    ],
                  ],
                },
                Object {
                  "Fn::Join": Array [
                    "",
                    Array [
                      "arn:",
                      Object {
                        "Ref": "AWS::Partition",
                      },
                      ":glue:",
                      Object {
                        "Ref": "AWS::Region",
                      },
                      ":",
                      Object {
                        "Ref": "AWS::AccountId",
                      },
                      ":database/",
                      Object {
                        "Fn::ImportValue": "ClicklakeStorage:ExportsOutputRefDatabaseB269D8BB88F4B1C4",
                      },
                    ],
                  ],
                },
                Object {
                  "Fn::Join": Array [
                    "",
                    Array [
                      "arn:",
                      Object {
                        "Ref": "AWS::Partition",
                      },
                      ":glue:",
                      Object {
                        "Ref": "AWS::Region",
                      },
                      ":",
                      Object {
                        "Ref": "AWS::AccountId",
                      },
                      ":table/",
                      Object {
                        "Fn::ImportValue": "ClicklakeStorage:ExportsOutputRefDatabaseB269D8BB88F4B1C4",
                      },
                      "/",
                      Object {
                        "Fn::ImportValue": "ClicklakeStorage:ExportsOutputRefRowsTableF90ABFB1F04E0BF4",
                      },
                    ],
                  ],
                },
              ],
            },
            Object {
              "Action": "logs:PutLogEvents",
              "Effect": "Allow",
              "Resource": Object {
                "Fn::GetAtt": Array [
                  "DeliveryLogsE7964E8F",
                  "Arn",
                ],
              },
            },
          ],
          "Version": "2012-10-17",
        },
        "PolicyName": "DeliveryPolicy65DA6841",
        "Roles": Array [
          Object {
            "Ref": "DeliveryRole959799AB",
          },
        ],
      },
      "Type": "AWS::IAM::Policy",
    },
    "DeliveryRole959799AB": Object {
      "Properties": Object {
        "AssumeRolePolicyDocument": Object {
          "Statement": Array [
            Object {
              "Action": "sts:AssumeRole",
              "Effect": "Allow",
              "Principal": Object {
                "Service": "firehose.amazonaws.com",
              },
            },
          ],
          "Version": "2012-10-17",
        },
        "Tags": Array [
          Object {
            "Key": "application",
            "Value": "clicklake",
          },
        ],
      },
      "Type": "AWS::IAM::Role",
    },
    "DeliveryRoleDefaultPolicy9C3998AE": Object {
      "Properties": Object {
        "PolicyDocument": Object {
          "Statement": Array [
            Object {
              "Action": "lambda:InvokeFunction",
              "Effect": "Allow",
              "Resource": Array [
                Object {
                  "Fn::GetAtt": Array [
                    "DeliveryTransformerFunction62ABD5CE",
                    "Arn",
                  ],
                },
                Object {
                  "Fn::Join": Array [
                    "",
                    Array [
                      Object {
                        "Fn::GetAtt": Array [
                          "DeliveryTransformerFunction62ABD5CE",
                          "Arn",
                        ],
                      },
                      ":*",
                    ],
                  ],
                },
              ],
            },
          ],
          "Version": "2012-10-17",
        },
        "PolicyName": "DeliveryRoleDefaultPolicy9C3998AE",
        "Roles": Array [
          Object {
            "Ref": "DeliveryRole959799AB",
          },
        ],
      },
      "Type": "AWS::IAM::Policy",
    },
    "DeliveryStreamD784C6F5": Object {
      "DependsOn": Array [
        "DeliveryPolicy65DA6841",
      ],
      "Properties": Object {
        "DeliveryStreamEncryptionConfigurationInput": Object {
          "KeyType": "AWS_OWNED_CMK",
        },
        "DeliveryStreamType": "DirectPut",
        "ExtendedS3DestinationConfiguration": Object {
          "BucketARN": Object {
            "Fn::ImportValue": "ClicklakeStorage:ExportsOutputFnGetAttBucket83908E77Arn063C8555",
          },
          "BufferingHints": Object {
            "IntervalInSeconds": 300,
            "SizeInMBs": 128,
          },
          "CloudWatchLoggingOptions": Object {
            "Enabled": true,
            "LogGroupName": Object {
              "Ref": "DeliveryLogsE7964E8F",
            },
            "LogStreamName": Object {
              "Ref": "DeliveryLogsS3DestinationBF54A19B",
            },
          },
          "DataFormatConversionConfiguration": Object {
            "Enabled": true,
            "InputFormatConfiguration": Object {
              "Deserializer": Object {
                "OpenXJsonSerDe": Object {
                  "CaseInsensitive": false,
                },
              },
            },
            "OutputFormatConfiguration": Object {
              "Serializer": Object {
                "ParquetSerDe": Object {
                  "Compression": "SNAPPY",
                },
              },
            },
            "SchemaConfiguration": Object {
              "CatalogId": Object {
                "Ref": "AWS::AccountId",
              },
              "DatabaseName": Object {
                "Fn::ImportValue": "ClicklakeStorage:ExportsOutputRefDatabaseB269D8BB88F4B1C4",
              },
              "Region": Object {
                "Ref": "AWS::Region",
              },
              "RoleARN": Object {
                "Fn::GetAtt": Array [
                  "DeliveryRole959799AB",
                  "Arn",
                ],
              },
              "TableName": Object {
                "Fn::ImportValue": "ClicklakeStorage:ExportsOutputRefRowsTableF90ABFB1F04E0BF4",
              },
              "VersionId": "LATEST",
            },
          },
          "ErrorOutputPrefix": "errors/!{firehose:error-output-type}/dt=!{timestamp:yyyy-MM-dd}/hour=!{timestamp:HH}/",
          "Prefix": "clicks/dt=!{timestamp:yyyy-MM-dd}/hour=!{timestamp:HH}/",
          "ProcessingConfiguration": Object {
            "Enabled": true,
            "Processors": Array [
              Object {
                "Parameters": Array [
                  Object {
                    "ParameterName": "RoleArn",
                    "ParameterValue": Object {
                      "Fn::GetAtt": Array [
                        "DeliveryRole959799AB",
                        "Arn",
                      ],
                    },
                  },
                  Object {
                    "ParameterName": "LambdaArn",
                    "ParameterValue": Object {
                      "Fn::GetAtt": Array [
                        "DeliveryTransformerFunction62ABD5CE",
                        "Arn",
                      ],
                    },
                  },
                  Object {
                    "ParameterName": "BufferIntervalInSeconds",
                    "ParameterValue": "60",
                  },
                  Object {
                    "ParameterName": "BufferSizeInMBs",
                    "ParameterValue": "1",
                  },
                  Object {
                    "ParameterName": "NumberOfRetries",
                    "ParameterValue": "3",
                  },
                ],
                "Type": "Lambda",
              },
            ],
          },
          "RoleARN": Object {
            "Fn::GetAtt": Array [
              "DeliveryRole959799AB",
              "Arn",
            ],
          },
        },
        "Tags": Array [
          Object {
            "Key": "application",
            "Value": "clicklake",
          },
        ],
      },
      "Type": "AWS::KinesisFirehose::DeliveryStream",
    },
    "DeliveryTransformerFunction62ABD5CE": Object {
      "DependsOn": Array [
        "DeliveryTransformerRoleDefaultPolicyEBBD794A",
        "DeliveryTransformerRole641632FB",
      ],
      "Properties": Object {
        "Architectures": Array [
          "x86_64",
        ],
        "Code": Object {
          "S3Bucket": Object {
            "Fn::Sub": "cdk-hnb659fds-assets-\${AWS::AccountId}-\${AWS::Region}",
          },
          "S3Key": "asset.zip",
        },
        "Description": "Enriches clicks and writes them to DynamoDB",
        "Environment": Object {
          "Variables": Object {
            "BUCKET_NAME": Object {
              "Fn::ImportValue": "ClicklakeStorage:ExportsOutputRefBucket83908E7781C90AC0",
            },
            "RETENTION_DAYS": "90",
            "TABLE_NAME": Object {
              "Fn::ImportValue": "ClicklakeStorage:ExportsOutputRefTableCD117FA1D18A8047",
            },
          },
        },
        "Handler": "index.handler",
        "LoggingConfig": Object {
          "LogGroup": Object {
            "Ref": "DeliveryTransformerLogsA74AED7F",
          },
        },
        "MemorySize": 1024,
        "Role": Object {
          "Fn::GetAtt": Array [
            "DeliveryTransformerRole641632FB",
            "Arn",
          ],
        },
        "Runtime": "nodejs24.x",
        "Tags": Array [
          Object {
            "Key": "application",
            "Value": "clicklake",
          },
        ],
        "Timeout": 300,
      },
      "Type": "AWS::Lambda::Function",
    },
    "DeliveryTransformerLogsA74AED7F": Object {
      "DeletionPolicy": "Delete",
      "Properties": Object {
        "RetentionInDays": 30,
        "Tags": Array [
          Object {
            "Key": "application",
            "Value": "clicklake",
          },
        ],
      },
      "Type": "AWS::Logs::LogGroup",
      "UpdateReplacePolicy": "Delete",
    },
    "DeliveryTransformerRole641632FB": Object {
      "Properties": Object {
        "AssumeRolePolicyDocument": Object {
          "Statement": Array [
            Object {
              "Action": "sts:AssumeRole",
              "Effect": "Allow",
              "Principal": Object {
                "Service": "lambda.amazonaws.com",
              },
            },
          ],
          "Version": "2012-10-17",
        },
        "Tags": Array [
          Object {
            "Key": "application",
            "Value": "clicklake",
          },
        ],
      },
      "Type": "AWS::IAM::Role",
    },
    "DeliveryTransformerRoleDefaultPolicyEBBD794A": Object {
      "Properties": Object {
        "PolicyDocument": Object {
          "Statement": Array [
            Object {
              "Action": Array [
                "logs:CreateLogStream",
                "logs:PutLogEvents",
              ],
              "Effect": "Allow",
              "Resource": Object {
                "Fn::GetAtt": Array [
                  "DeliveryTransformerLogsA74AED7F",
                  "Arn",
                ],
              },
            },
            Object {
              "Action": "dynamodb:BatchWriteItem",
              "Effect": "Allow",
              "Resource": Object {
                "Fn::ImportValue": "ClicklakeStorage:ExportsOutputFnGetAttTableCD117FA1ArnE2C8C204",
              },
            },
            Object {
              "Action": "s3:PutObject",
              "Effect": "Allow",
              "Resource": Object {
                "Fn::Join": Array [
                  "",
                  Array [
                    Object {
                      "Fn::ImportValue": "ClicklakeStorage:ExportsOutputFnGetAttBucket83908E77Arn063C8555",
                    },
                    "/rejected/*",
                  ],
                ],
              },
            },
          ],
          "Version": "2012-10-17",
        },
        "PolicyName": "DeliveryTransformerRoleDefaultPolicyEBBD794A",
        "Roles": Array [
          Object {
            "Ref": "DeliveryTransformerRole641632FB",
          },
        ],
      },
      "Type": "AWS::IAM::Policy",
    },
    "EdgeAccessLogsC159D9EF": Object {
      "DeletionPolicy": "Delete",
      "Properties": Object {
        "RetentionInDays": 30,
        "Tags": Array [
          Object {
            "Key": "application",
            "Value": "clicklake",
          },
        ],
      },
      "Type": "AWS::Logs::LogGroup",
      "UpdateReplacePolicy": "Delete",
    },
    "EdgeApi65822B7B": Object {
      "Properties": Object {
        "CorsConfiguration": Object {
          "AllowHeaders": Array [
            "content-type",
            "content-encoding",
            "authorization",
          ],
          "AllowMethods": Array [
            "GET",
            "POST",
            "PUT",
          ],
          "AllowOrigins": Array [
            "https://shop.example",
          ],
          "ExposeHeaders": Array [
            "retry-after",
          ],
          "MaxAge": 86400,
        },
        "Description": "Clicks come in here",
        "Name": "Api",
        "ProtocolType": "HTTP",
        "Tags": Object {
          "application": "clicklake",
        },
      },
      "Type": "AWS::ApiGatewayV2::Api",
    },
    "EdgeApiClicklakeIngestEdgeApikeyD52B83AFPermission7892D5AF": Object {
      "Properties": Object {
        "Action": "lambda:InvokeFunction",
        "FunctionName": Object {
          "Fn::GetAtt": Array [
            "EdgeAuthorizerFunctionB72EA958",
            "Arn",
          ],
        },
        "Principal": "apigateway.amazonaws.com",
        "SourceArn": Object {
          "Fn::Join": Array [
            "",
            Array [
              "arn:",
              Object {
                "Ref": "AWS::Partition",
              },
              ":execute-api:",
              Object {
                "Ref": "AWS::Region",
              },
              ":",
              Object {
                "Ref": "AWS::AccountId",
              },
              ":",
              Object {
                "Ref": "EdgeApi65822B7B",
              },
              "/authorizers/",
              Object {
                "Ref": "EdgeApikey11CEA6D3",
              },
            ],
          ],
        },
      },
      "Type": "AWS::Lambda::Permission",
    },
    "EdgeApiClicklakeIngestEdgeApioriginDFBE0771PermissionB7EF6B20": Object {
      "Properties": Object {
        "Action": "lambda:InvokeFunction",
        "FunctionName": Object {
          "Fn::GetAtt": Array [
            "EdgeAuthorizerFunctionB72EA958",
            "Arn",
          ],
        },
        "Principal": "apigateway.amazonaws.com",
        "SourceArn": Object {
          "Fn::Join": Array [
            "",
            Array [
              "arn:",
              Object {
                "Ref": "AWS::Partition",
              },
              ":execute-api:",
              Object {
                "Ref": "AWS::Region",
              },
              ":",
              Object {
                "Ref": "AWS::AccountId",
              },
              ":",
              Object {
                "Ref": "EdgeApi65822B7B",
              },
              "/authorizers/",
              Object {
                "Ref": "EdgeApiorigin254D68AD",
              },
            ],
          ],
        },
      },
      "Type": "AWS::Lambda::Permission",
    },
    "EdgeApiGETtrackerjs501B1C56": Object {
      "Properties": Object {
        "ApiId": Object {
          "Ref": "EdgeApi65822B7B",
        },
        "AuthorizationType": "NONE",
        "RouteKey": "GET /tracker.js",
        "Target": Object {
          "Fn::Join": Array [
            "",
            Array [
              "integrations/",
              Object {
                "Ref": "EdgeApiGETtrackerjsShow82053861",
              },
            ],
          ],
        },
      },
      "Type": "AWS::ApiGatewayV2::Route",
    },
    "EdgeApiGETtrackerjsShow82053861": Object {
      "Properties": Object {
        "ApiId": Object {
          "Ref": "EdgeApi65822B7B",
        },
        "ConnectionId": Object {
          "Ref": "EdgeLink48DE4602",
        },
        "ConnectionType": "VPC_LINK",
        "IntegrationMethod": "ANY",
        "IntegrationType": "HTTP_PROXY",
        "IntegrationUri": Object {
          "Ref": "ComputeLoadBalancerListener6F7D2E6F",
        },
        "PayloadFormatVersion": "1.0",
        "RequestParameters": Object {
          "remove:header.x-click-client": "''",
          "remove:header.x-click-ip": "''",
        },
      },
      "Type": "AWS::ApiGatewayV2::Integration",
    },
    "EdgeApikey11CEA6D3": Object {
      "Properties": Object {
        "ApiId": Object {
          "Ref": "EdgeApi65822B7B",
        },
        "AuthorizerPayloadFormatVersion": "2.0",
        "AuthorizerResultTtlInSeconds": 300,
        "AuthorizerType": "REQUEST",
        "AuthorizerUri": Object {
          "Fn::Join": Array [
            "",
            Array [
              "arn:",
              Object {
                "Ref": "AWS::Partition",
              },
              ":apigateway:",
              Object {
                "Ref": "AWS::Region",
              },
              ":lambda:path/2015-03-31/functions/",
              Object {
                "Fn::GetAtt": Array [
                  "EdgeAuthorizerFunctionB72EA958",
                  "Arn",
                ],
              },
              "/invocations",
            ],
          ],
        },
        "EnableSimpleResponses": true,
        "IdentitySource": Array [
          "$request.header.Authorization",
        ],
        "Name": "key",
      },
      "Type": "AWS::ApiGatewayV2::Authorizer",
    },
    "EdgeApiorigin254D68AD": Object {
      "Properties": Object {
        "ApiId": Object {
          "Ref": "EdgeApi65822B7B",
        },
        "AuthorizerPayloadFormatVersion": "2.0",
        "AuthorizerResultTtlInSeconds": 300,
        "AuthorizerType": "REQUEST",
        "AuthorizerUri": Object {
          "Fn::Join": Array [
            "",
            Array [
              "arn:",
              Object {
                "Ref": "AWS::Partition",
              },
              ":apigateway:",
              Object {
                "Ref": "AWS::Region",
              },
              ":lambda:path/2015-03-31/functions/",
              Object {
                "Fn::GetAtt": Array [
                  "EdgeAuthorizerFunctionB72EA958",
                  "Arn",
                ],
              },
              "/invocations",
            ],
          ],
        },
        "EnableSimpleResponses": true,
        "IdentitySource": Array [
          "$request.header.Origin",
        ],
        "Name": "origin",
      },
      "Type": "AWS::ApiGatewayV2::Authorizer",
    },
    "EdgeApiPOSTclicklogger34EA8543": Object {
      "Properties": Object {
        "ApiId": Object {
          "Ref": "EdgeApi65822B7B",
        },
        "AuthorizationType": "CUSTOM",
        "AuthorizerId": Object {
          "Ref": "EdgeApikey11CEA6D3",
        },
        "RouteKey": "POST /clicklogger",
        "Target": Object {
          "Fn::Join": Array [
            "",
            Array [
              "integrations/",
              Object {
                "Ref": "EdgeApiPOSTclickloggerTake08F5A7F9",
              },
            ],
          ],
        },
      },
      "Type": "AWS::ApiGatewayV2::Route",
    },
    "EdgeApiPOSTclickloggerTake08F5A7F9": Object {
      "Properties": Object {
        "ApiId": Object {
          "Ref": "EdgeApi65822B7B",
        },
        "ConnectionId": Object {
          "Ref": "EdgeLink48DE4602",
        },
        "ConnectionType": "VPC_LINK",
        "IntegrationMethod": "ANY",
        "IntegrationType": "HTTP_PROXY",
        "IntegrationUri": Object {
          "Ref": "ComputeLoadBalancerListener6F7D2E6F",
        },
        "PayloadFormatVersion": "1.0",
        "RequestParameters": Object {
          "overwrite:header.x-click-client": "$context.authorizer.client",
          "overwrite:header.x-click-ip": "$context.identity.sourceIp",
        },
      },
      "Type": "AWS::ApiGatewayV2::Integration",
    },
    "EdgeApiPOSTclicks641681FC": Object {
      "Properties": Object {
        "ApiId": Object {
          "Ref": "EdgeApi65822B7B",
        },
        "AuthorizationType": "CUSTOM",
        "AuthorizerId": Object {
          "Ref": "EdgeApiorigin254D68AD",
        },
        "RouteKey": "POST /clicks",
        "Target": Object {
          "Fn::Join": Array [
            "",
            Array [
              "integrations/",
              Object {
                "Ref": "EdgeApiPOSTclickloggerTake08F5A7F9",
              },
            ],
          ],
        },
      },
      "Type": "AWS::ApiGatewayV2::Route",
    },
    "EdgeApiPUTclicks460A4D81": Object {
      "Properties": Object {
        "ApiId": Object {
          "Ref": "EdgeApi65822B7B",
        },
        "AuthorizationType": "CUSTOM",
        "AuthorizerId": Object {
          "Ref": "EdgeApiorigin254D68AD",
        },
        "RouteKey": "PUT /clicks",
        "Target": Object {
          "Fn::Join": Array [
            "",
            Array [
              "integrations/",
              Object {
                "Ref": "EdgeApiPOSTclickloggerTake08F5A7F9",
              },
            ],
          ],
        },
      },
      "Type": "AWS::ApiGatewayV2::Route",
    },
    "EdgeAuthorizerFunctionB72EA958": Object {
      "DependsOn": Array [
        "EdgeAuthorizerRoleDefaultPolicy878FD27A",
        "EdgeAuthorizerRole985D242E",
      ],
      "Properties": Object {
        "Architectures": Array [
          "x86_64",
        ],
        "Code": Object {
          "S3Bucket": Object {
            "Fn::Sub": "cdk-hnb659fds-assets-\${AWS::AccountId}-\${AWS::Region}",
          },
          "S3Key": "asset.zip",
        },
        "Description": "Tells who sends a click",
        "Environment": Object {
          "Variables": Object {
            "ALLOWED_ORIGINS": "https://shop.example",
            "KEYS_SECRET_ARN": Object {
              "Ref": "EdgeKeys28DE6F80",
            },
          },
        },
        "Handler": "index.handler",
        "LoggingConfig": Object {
          "LogGroup": Object {
            "Ref": "EdgeAuthorizerLogs45773838",
          },
        },
        "MemorySize": 256,
        "Role": Object {
          "Fn::GetAtt": Array [
            "EdgeAuthorizerRole985D242E",
            "Arn",
          ],
        },
        "Runtime": "nodejs24.x",
        "Tags": Array [
          Object {
            "Key": "application",
            "Value": "clicklake",
          },
        ],
        "Timeout": 8,
      },
      "Type": "AWS::Lambda::Function",
    },
    "EdgeAuthorizerLogs45773838": Object {
      "DeletionPolicy": "Delete",
      "Properties": Object {
        "RetentionInDays": 30,
        "Tags": Array [
          Object {
            "Key": "application",
            "Value": "clicklake",
          },
        ],
      },
      "Type": "AWS::Logs::LogGroup",
      "UpdateReplacePolicy": "Delete",
    },
    "EdgeAuthorizerRole985D242E": Object {
      "Properties": Object {
        "AssumeRolePolicyDocument": Object {
          "Statement": Array [
            Object {
              "Action": "sts:AssumeRole",
              "Effect": "Allow",
              "Principal": Object {
                "Service": "lambda.amazonaws.com",
              },
            },
          ],
          "Version": "2012-10-17",
        },
        "Tags": Array [
          Object {
            "Key": "application",
            "Value": "clicklake",
          },
        ],
      },
      "Type": "AWS::IAM::Role",
    },
    "EdgeAuthorizerRoleDefaultPolicy878FD27A": Object {
      "Properties": Object {
        "PolicyDocument": Object {
          "Statement": Array [
            Object {
              "Action": Array [
                "logs:CreateLogStream",
                "logs:PutLogEvents",
              ],
              "Effect": "Allow",
              "Resource": Object {
                "Fn::GetAtt": Array [
                  "EdgeAuthorizerLogs45773838",
                  "Arn",
                ],
              },
            },
            Object {
              "Action": Array [
                "secretsmanager:DescribeSecret",
                "secretsmanager:GetSecretValue",
              ],
              "Effect": "Allow",
              "Resource": Object {
                "Ref": "EdgeKeys28DE6F80",
              },
            },
          ],
          "Version": "2012-10-17",
        },
        "PolicyName": "EdgeAuthorizerRoleDefaultPolicy878FD27A",
        "Roles": Array [
          Object {
            "Ref": "EdgeAuthorizerRole985D242E",
          },
        ],
      },
      "Type": "AWS::IAM::Policy",
    },
    "EdgeKeys28DE6F80": Object {
      "DeletionPolicy": "Delete",
      "Properties": Object {
        "Description": "Keys of applications that send clicks: {\\"<client name>\\":\\"<key>\\"}",
        "GenerateSecretString": Object {
          "ExcludePunctuation": true,
          "GenerateStringKey": "default",
          "PasswordLength": 40,
          "SecretStringTemplate": "{}",
        },
        "Tags": Array [
          Object {
            "Key": "application",
            "Value": "clicklake",
          },
        ],
      },
      "Type": "AWS::SecretsManager::Secret",
      "UpdateReplacePolicy": "Delete",
    },
    "EdgeLink48DE4602": Object {
      "Properties": Object {
        "Name": "ClicklakeIngestEdgeLink03B645B1",
        "SecurityGroupIds": Array [
          Object {
            "Fn::GetAtt": Array [
              "ComputeLinkGroup0BB67652",
              "GroupId",
            ],
          },
        ],
        "SubnetIds": Array [
          Object {
            "Ref": "ComputeVpctasksSubnet1Subnet25924763",
          },
          Object {
            "Ref": "ComputeVpctasksSubnet2Subnet3BE8AE5A",
          },
        ],
        "Tags": Object {
          "application": "clicklake",
        },
      },
      "Type": "AWS::ApiGatewayV2::VpcLink",
    },
    "EdgeStage9F3DB405": Object {
      "DependsOn": Array [
        "EdgeApiGETtrackerjs501B1C56",
        "EdgeApiGETtrackerjsShow82053861",
        "EdgeApiPOSTclicklogger34EA8543",
        "EdgeApiPOSTclickloggerTake08F5A7F9",
        "EdgeApiPOSTclicks641681FC",
        "EdgeApiPUTclicks460A4D81",
      ],
      "Properties": Object {
        "AccessLogSettings": Object {
          "DestinationArn": Object {
            "Fn::GetAtt": Array [
              "EdgeAccessLogsC159D9EF",
              "Arn",
            ],
          },
          "Format": "{\\"requestId\\":\\"$context.requestId\\",\\"time\\":\\"$context.requestTime\\",\\"route\\":\\"$context.routeKey\\",\\"status\\":\\"$context.status\\",\\"latencyMs\\":\\"$context.responseLatency\\",\\"responseBytes\\":\\"$context.responseLength\\",\\"client\\":\\"$context.authorizer.client\\",\\"authorizerError\\":\\"$context.authorizer.error\\",\\"error\\":\\"$context.error.message\\",\\"integrationStatus\\":\\"$context.integration.status\\",\\"integrationError\\":\\"$context.integrationErrorMessage\\"}",
        },
        "ApiId": Object {
          "Ref": "EdgeApi65822B7B",
        },
        "AutoDeploy": true,
        "DefaultRouteSettings": Object {
          "ThrottlingBurstLimit": 4000,
          "ThrottlingRateLimit": 2000,
        },
        "RouteSettings": Object {
          "GET /tracker.js": Object {
            "ThrottlingBurstLimit": 400,
            "ThrottlingRateLimit": 200,
          },
          "POST /clicklogger": Object {
            "ThrottlingBurstLimit": 4000,
            "ThrottlingRateLimit": 2000,
          },
          "POST /clicks": Object {
            "ThrottlingBurstLimit": 4000,
            "ThrottlingRateLimit": 2000,
          },
          "PUT /clicks": Object {
            "ThrottlingBurstLimit": 4000,
            "ThrottlingRateLimit": 2000,
          },
        },
        "StageName": "$default",
        "Tags": Object {
          "application": "clicklake",
        },
      },
      "Type": "AWS::ApiGatewayV2::Stage",
    },
    "MonitoringAuthorizerErrors31059579": Object {
      "Properties": Object {
        "AlarmDescription": "The authorizer fails: senders get 500 before their clicks are read. docs/runbook.md#authorizer-errors",
        "ComparisonOperator": "GreaterThanThreshold",
        "Dimensions": Array [
          Object {
            "Name": "FunctionName",
            "Value": Object {
              "Ref": "EdgeAuthorizerFunctionB72EA958",
            },
          },
        ],
        "EvaluationPeriods": 1,
        "MetricName": "Errors",
        "Namespace": "AWS/Lambda",
        "Period": 300,
        "Statistic": "Sum",
        "Tags": Array [
          Object {
            "Key": "application",
            "Value": "clicklake",
          },
        ],
        "Threshold": 0,
        "TreatMissingData": "notBreaching",
      },
      "Type": "AWS::CloudWatch::Alarm",
    },
    "MonitoringClicksRefused2A3A4372": Object {
      "DependsOn": Array [
        "ComputeServiceC2A22793",
        "ComputeServiceTaskCountTargetCpu227C74FB",
        "ComputeServiceTaskCountTargetRequests38420202",
        "ComputeServiceTaskCountTargetC50ABDB5",
      ],
      "Properties": Object {
        "AlarmDescription": "Clicks could not be made safe and were answered 503, or the tasks do not report. docs/runbook.md#clicks-refused",
        "ComparisonOperator": "GreaterThanThreshold",
        "Dimensions": Array [
          Object {
            "Name": "DeliveryStream",
            "Value": Object {
              "Ref": "DeliveryStreamD784C6F5",
            },
          },
        ],
        "EvaluationPeriods": 1,
        "MetricName": "Refused",
        "Namespace": "Clicklake",
        "Period": 300,
        "Statistic": "Sum",
        "Tags": Array [
          Object {
            "Key": "application",
            "Value": "clicklake",
          },
        ],
        "Threshold": 0,
        "TreatMissingData": "breaching",
      },
      "Type": "AWS::CloudWatch::Alarm",
    },
    "MonitoringClicksSpilled7D9E6E37": Object {
      "DependsOn": Array [
        "ComputeServiceC2A22793",
        "ComputeServiceTaskCountTargetCpu227C74FB",
        "ComputeServiceTaskCountTargetRequests38420202",
        "ComputeServiceTaskCountTargetC50ABDB5",
      ],
      "Properties": Object {
        "AlarmDescription": "Clicks are parked in the spill bucket and not in the stream, or the tasks do not report. docs/runbook.md#clicks-spilled",
        "ComparisonOperator": "GreaterThanThreshold",
        "Dimensions": Array [
          Object {
            "Name": "DeliveryStream",
            "Value": Object {
              "Ref": "DeliveryStreamD784C6F5",
            },
          },
        ],
        "EvaluationPeriods": 1,
        "MetricName": "Spilled",
        "Namespace": "Clicklake",
        "Period": 300,
        "Statistic": "Sum",
        "Tags": Array [
          Object {
            "Key": "application",
            "Value": "clicklake",
          },
        ],
        "Threshold": 0,
        "TreatMissingData": "breaching",
      },
      "Type": "AWS::CloudWatch::Alarm",
    },
    "MonitoringConversionFailed8613DFE3": Object {
      "Properties": Object {
        "AlarmDescription": "Firehose could not make Parquet of clicks, which are kept under errors/format-conversion-failed/. docs/runbook.md#conversion-failed",
        "ComparisonOperator": "GreaterThanThreshold",
        "Dimensions": Array [
          Object {
            "Name": "DeliveryStreamName",
            "Value": Object {
              "Ref": "DeliveryStreamD784C6F5",
            },
          },
        ],
        "EvaluationPeriods": 1,
        "MetricName": "FailedConversion.Records",
        "Namespace": "AWS/Firehose",
        "Period": 300,
        "Statistic": "Sum",
        "Tags": Array [
          Object {
            "Key": "application",
            "Value": "clicklake",
          },
        ],
        "Threshold": 0,
        "TreatMissingData": "notBreaching",
      },
      "Type": "AWS::CloudWatch::Alarm",
    },
    "MonitoringDashboard0C3675C6": Object {
      "Properties": Object {
        "DashboardBody": Object {
          "Fn::Join": Array [
            "",
            Array [
              "{\\"start\\":\\"-PT3H\\",\\"widgets\\":[{\\"type\\":\\"alarm\\",\\"width\\":24,\\"height\\":4,\\"x\\":0,\\"y\\":0,\\"properties\\":{\\"title\\":\\"Alarms\\",\\"alarms\\":[\\"",
              Object {
                "Fn::GetAtt": Array [
                  "MonitoringServerErrors7F78D318",
                  "Arn",
                ],
              },
              "\\",\\"",
              Object {
                "Fn::GetAtt": Array [
                  "MonitoringSlowAnswers6A86661C",
                  "Arn",
                ],
              },
              "\\",\\"",
              Object {
                "Fn::GetAtt": Array [
                  "MonitoringAuthorizerErrors31059579",
                  "Arn",
                ],
              },
              "\\",\\"",
              Object {
                "Fn::GetAtt": Array [
                  "MonitoringUnhealthyTasksD3E54B1F",
                  "Arn",
                ],
              },
              "\\",\\"",
              Object {
                "Fn::GetAtt": Array [
                  "MonitoringTooFewTasksC7E83BD9",
                  "Arn",
                ],
              },
              "\\",\\"",
              Object {
                "Fn::GetAtt": Array [
                  "MonitoringLedgerMismatch2E0EE373",
                  "Arn",
                ],
              },
              "\\",\\"",
              Object {
                "Fn::GetAtt": Array [
                  "MonitoringClicksRefused2A3A4372",
                  "Arn",
                ],
              },
              "\\",\\"",
              Object {
                "Fn::GetAtt": Array [
                  "MonitoringClicksSpilled7D9E6E37",
                  "Arn",
                ],
              },
              "\\",\\"",
              Object {
                "Fn::GetAtt": Array [
                  "MonitoringFirehoseThrottledF65AEEE2",
                  "Arn",
                ],
              },
              "\\",\\"",
              Object {
                "Fn::GetAtt": Array [
                  "MonitoringTransformerErrorsD3EFF061",
                  "Arn",
                ],
              },
              "\\",\\"",
              Object {
                "Fn::GetAtt": Array [
                  "MonitoringTransformerNotInvokedD6CE27CB",
                  "Arn",
                ],
              },
              "\\",\\"",
              Object {
                "Fn::GetAtt": Array [
                  "MonitoringRecordsFailed3677E7B1",
                  "Arn",
                ],
              },
              "\\",\\"",
              Object {
                "Fn::GetAtt": Array [
                  "MonitoringLinesCutOut63FE4C92",
                  "Arn",
                ],
              },
              "\\",\\"",
              Object {
                "Fn::GetAtt": Array [
                  "MonitoringRejectedNotWrittenC2F1A8C5",
                  "Arn",
                ],
              },
              "\\",\\"",
              Object {
                "Fn::GetAtt": Array [
                  "MonitoringTableThrottledC9696464",
                  "Arn",
                ],
              },
              "\\",\\"",
              Object {
                "Fn::GetAtt": Array [
                  "MonitoringConversionFailed8613DFE3",
                  "Arn",
                ],
              },
              "\\",\\"",
              Object {
                "Fn::GetAtt": Array [
                  "MonitoringLakeStale334F69C9",
                  "Arn",
                ],
              },
              "\\"]}},{\\"type\\":\\"metric\\",\\"width\\":6,\\"height\\":6,\\"x\\":0,\\"y\\":4,\\"properties\\":{\\"view\\":\\"timeSeries\\",\\"title\\":\\"1 edge: requests\\",\\"region\\":\\"",
              Object {
                "Ref": "AWS::Region",
              },
              "\\",\\"metrics\\":[[\\"AWS/ApiGateway\\",\\"Count\\",\\"ApiId\\",\\"",
              Object {
                "Ref": "EdgeApi65822B7B",
              },
              "\\",{\\"period\\":60,\\"stat\\":\\"Sum\\"}],[\\"AWS/ApiGateway\\",\\"4xx\\",\\"ApiId\\",\\"",
              Object {
                "Ref": "EdgeApi65822B7B",
              },
              "\\",{\\"period\\":60,\\"stat\\":\\"Sum\\",\\"yAxis\\":\\"right\\"}],[\\"AWS/ApiGateway\\",\\"5xx\\",\\"ApiId\\",\\"",
              Object {
                "Ref": "EdgeApi65822B7B",
              },
              "\\",{\\"period\\":60,\\"stat\\":\\"Sum\\",\\"yAxis\\":\\"right\\"}]],\\"yAxis\\":{\\"left\\":{\\"min\\":0},\\"right\\":{\\"min\\":0}}}},{\\"type\\":\\"metric\\",\\"width\\":6,\\"height\\":6,\\"x\\":6,\\"y\\":4,\\"properties\\":{\\"view\\":\\"timeSeries\\",\\"title\\":\\"2 auth: authorizer\\",\\"region\\":\\"",
              Object {
                "Ref": "AWS::Region",
              },
              "\\",\\"metrics\\":[[\\"AWS/Lambda\\",\\"Invocations\\",\\"FunctionName\\",\\"",
              Object {
                "Ref": "EdgeAuthorizerFunctionB72EA958",
              },
              "\\",{\\"period\\":60,\\"stat\\":\\"Sum\\"}],[\\"AWS/Lambda\\",\\"Errors\\",\\"FunctionName\\",\\"",
              Object {
                "Ref": "EdgeAuthorizerFunctionB72EA958",
              },
              "\\",{\\"period\\":60,\\"stat\\":\\"Sum\\"}],[\\"AWS/Lambda\\",\\"Throttles\\",\\"FunctionName\\",\\"",
              Object {
                "Ref": "EdgeAuthorizerFunctionB72EA958",
              },
              "\\",{\\"period\\":60,\\"stat\\":\\"Sum\\"}],[\\"AWS/Lambda\\",\\"Duration\\",\\"FunctionName\\",\\"",
              Object {
                "Ref": "EdgeAuthorizerFunctionB72EA958",
              },
              "\\",{\\"period\\":60,\\"stat\\":\\"p99\\",\\"yAxis\\":\\"right\\"}]],\\"yAxis\\":{\\"left\\":{\\"min\\":0},\\"right\\":{\\"min\\":0}}}},{\\"type\\":\\"metric\\",\\"width\\":6,\\"height\\":6,\\"x\\":12,\\"y\\":4,\\"properties\\":{\\"view\\":\\"timeSeries\\",\\"title\\":\\"3 validate, 4 stamp: clicks\\",\\"region\\":\\"",
              Object {
                "Ref": "AWS::Region",
              },
              "\\",\\"metrics\\":[[\\"Clicklake\\",\\"Received\\",\\"DeliveryStream\\",\\"",
              Object {
                "Ref": "DeliveryStreamD784C6F5",
              },
              "\\",{\\"period\\":60,\\"stat\\":\\"Sum\\"}],[\\"Clicklake\\",\\"Rejected\\",\\"DeliveryStream\\",\\"",
              Object {
                "Ref": "DeliveryStreamD784C6F5",
              },
              "\\",{\\"period\\":60,\\"stat\\":\\"Sum\\"}],[\\"Clicklake\\",\\"Dropped\\",\\"DeliveryStream\\",\\"",
              Object {
                "Ref": "DeliveryStreamD784C6F5",
              },
              "\\",{\\"period\\":60,\\"stat\\":\\"Sum\\"}]],\\"yAxis\\":{\\"left\\":{\\"min\\":0},\\"right\\":{\\"min\\":0}}}},{\\"type\\":\\"metric\\",\\"width\\":6,\\"height\\":6,\\"x\\":18,\\"y\\":4,\\"properties\\":{\\"view\\":\\"timeSeries\\",\\"title\\":\\"5 pack: clicks that wait\\",\\"region\\":\\"",
              Object {
                "Ref": "AWS::Region",
              },
              "\\",\\"metrics\\":[[\\"Clicklake\\",\\"InFlight\\",\\"DeliveryStream\\",\\"",
              Object {
                "Ref": "DeliveryStreamD784C6F5",
              },
              "\\",{\\"period\\":60,\\"stat\\":\\"Sum\\"}],[\\"Clicklake\\",\\"BufferBytes\\",\\"DeliveryStream\\",\\"",
              Object {
                "Ref": "DeliveryStreamD784C6F5",
              },
              "\\",{\\"period\\":60,\\"stat\\":\\"Sum\\",\\"yAxis\\":\\"right\\"}]],\\"yAxis\\":{\\"left\\":{\\"min\\":0},\\"right\\":{\\"min\\":0}}}},{\\"type\\":\\"metric\\",\\"width\\":6,\\"height\\":6,\\"x\\":0,\\"y\\":10,\\"properties\\":{\\"view\\":\\"timeSeries\\",\\"title\\":\\"2–7 tasks\\",\\"region\\":\\"",
              Object {
                "Ref": "AWS::Region",
              },
              "\\",\\"metrics\\":[[\\"AWS/ECS\\",\\"CPUUtilization\\",\\"ClusterName\\",\\"",
              Object {
                "Ref": "ComputeCluster4F8E5F81",
              },
              "\\",\\"ServiceName\\",\\"",
              Object {
                "Fn::GetAtt": Array [
                  "ComputeServiceC2A22793",
                  "Name",
                ],
              },
              "\\",{\\"period\\":60}],[\\"AWS/ECS\\",\\"MemoryUtilization\\",\\"ClusterName\\",\\"",
              Object {
                "Ref": "ComputeCluster4F8E5F81",
              },
              "\\",\\"ServiceName\\",\\"",
              Object {
                "Fn::GetAtt": Array [
                  "ComputeServiceC2A22793",
                  "Name",
                ],
              },
              "\\",{\\"period\\":60,\\"stat\\":\\"Maximum\\"}],[\\"AWS/ApplicationELB\\",\\"HealthyHostCount\\",\\"LoadBalancer\\",\\"",
              Object {
                "Fn::Select": Array [
                  1,
                  Object {
                    "Fn::Split": Array [
                      "/",
                      Object {
                        "Ref": "ComputeLoadBalancerListener6F7D2E6F",
                      },
                    ],
                  },
                ],
              },
              "/",
              Object {
                "Fn::Select": Array [
                  2,
                  Object {
                    "Fn::Split": Array [
                      "/",
                      Object {
                        "Ref": "ComputeLoadBalancerListener6F7D2E6F",
                      },
                    ],
                  },
                ],
              },
              "/",
              Object {
                "Fn::Select": Array [
                  3,
                  Object {
                    "Fn::Split": Array [
                      "/",
                      Object {
                        "Ref": "ComputeLoadBalancerListener6F7D2E6F",
                      },
                    ],
                  },
                ],
              },
              "\\",\\"TargetGroup\\",\\"",
              Object {
                "Fn::GetAtt": Array [
                  "ComputeLoadBalancerListenerTasksGroup6D959A73",
                  "TargetGroupFullName",
                ],
              },
              "\\",{\\"period\\":60,\\"stat\\":\\"Minimum\\",\\"yAxis\\":\\"right\\"}],[\\"AWS/ApplicationELB\\",\\"UnHealthyHostCount\\",\\"LoadBalancer\\",\\"",
              Object {
                "Fn::Select": Array [
                  1,
                  Object {
                    "Fn::Split": Array [
                      "/",
                      Object {
                        "Ref": "ComputeLoadBalancerListener6F7D2E6F",
                      },
                    ],
                  },
                ],
              },
              "/",
              Object {
                "Fn::Select": Array [
                  2,
                  Object {
                    "Fn::Split": Array [
                      "/",
                      Object {
                        "Ref": "ComputeLoadBalancerListener6F7D2E6F",
                      },
                    ],
                  },
                ],
              },
              "/",
              Object {
                "Fn::Select": Array [
                  3,
                  Object {
                    "Fn::Split": Array [
                      "/",
                      Object {
                        "Ref": "ComputeLoadBalancerListener6F7D2E6F",
                      },
                    ],
                  },
                ],
              },
              "\\",\\"TargetGroup\\",\\"",
              Object {
                "Fn::GetAtt": Array [
                  "ComputeLoadBalancerListenerTasksGroup6D959A73",
                  "TargetGroupFullName",
                ],
              },
              "\\",{\\"period\\":60,\\"stat\\":\\"Maximum\\",\\"yAxis\\":\\"right\\"}],[\\"Clicklake\\",\\"EventLoopDelay\\",\\"DeliveryStream\\",\\"",
              Object {
                "Ref": "DeliveryStreamD784C6F5",
              },
              "\\",{\\"period\\":60,\\"stat\\":\\"Maximum\\",\\"yAxis\\":\\"right\\"}]],\\"yAxis\\":{\\"left\\":{\\"min\\":0},\\"right\\":{\\"min\\":0}}}},{\\"type\\":\\"metric\\",\\"width\\":6,\\"height\\":6,\\"x\\":6,\\"y\\":10,\\"properties\\":{\\"view\\":\\"timeSeries\\",\\"title\\":\\"6 deliver: clicks\\",\\"region\\":\\"",
              Object {
                "Ref": "AWS::Region",
              },
              "\\",\\"metrics\\":[[\\"Clicklake\\",\\"Delivered\\",\\"DeliveryStream\\",\\"",
              Object {
                "Ref": "DeliveryStreamD784C6F5",
              },
              "\\",{\\"period\\":60,\\"stat\\":\\"Sum\\"}],[\\"Clicklake\\",\\"Spilled\\",\\"DeliveryStream\\",\\"",
              Object {
                "Ref": "DeliveryStreamD784C6F5",
              },
              "\\",{\\"period\\":60,\\"stat\\":\\"Sum\\"}],[\\"Clicklake\\",\\"Refused\\",\\"DeliveryStream\\",\\"",
              Object {
                "Ref": "DeliveryStreamD784C6F5",
              },
              "\\",{\\"period\\":60,\\"stat\\":\\"Sum\\"}],[\\"Clicklake\\",\\"LedgerMismatch\\",\\"DeliveryStream\\",\\"",
              Object {
                "Ref": "DeliveryStreamD784C6F5",
              },
              "\\",{\\"period\\":60,\\"stat\\":\\"Maximum\\",\\"yAxis\\":\\"right\\"}]],\\"yAxis\\":{\\"left\\":{\\"min\\":0},\\"right\\":{\\"min\\":0}}}},{\\"type\\":\\"metric\\",\\"width\\":6,\\"height\\":6,\\"x\\":12,\\"y\\":10,\\"properties\\":{\\"view\\":\\"timeSeries\\",\\"title\\":\\"6 deliver: % of the stream’s quota\\",\\"region\\":\\"",
              Object {
                "Ref": "AWS::Region",
              },
              "\\",\\"metrics\\":[[{\\"label\\":\\"Bytes\\",\\"expression\\":\\"100 * usedBytes / PERIOD(usedBytes) / limitBytes\\",\\"period\\":60}],[\\"AWS/Firehose\\",\\"IncomingBytes\\",\\"DeliveryStreamName\\",\\"",
              Object {
                "Ref": "DeliveryStreamD784C6F5",
              },
              "\\",{\\"id\\":\\"usedBytes\\",\\"visible\\":false,\\"period\\":60,\\"stat\\":\\"Sum\\"}],[\\"AWS/Firehose\\",\\"BytesPerSecondLimit\\",\\"DeliveryStreamName\\",\\"",
              Object {
                "Ref": "DeliveryStreamD784C6F5",
              },
              "\\",{\\"id\\":\\"limitBytes\\",\\"visible\\":false,\\"period\\":60,\\"stat\\":\\"Maximum\\"}],[{\\"label\\":\\"PutRequests\\",\\"expression\\":\\"100 * usedPutRequests / PERIOD(usedPutRequests) / limitPutRequests\\",\\"period\\":60}],[\\"AWS/Firehose\\",\\"IncomingPutRequests\\",\\"DeliveryStreamName\\",\\"",
              Object {
                "Ref": "DeliveryStreamD784C6F5",
              },
              "\\",{\\"id\\":\\"usedPutRequests\\",\\"visible\\":false,\\"period\\":60,\\"stat\\":\\"Sum\\"}],[\\"AWS/Firehose\\",\\"PutRequestsPerSecondLimit\\",\\"DeliveryStreamName\\",\\"",
              Object {
                "Ref": "DeliveryStreamD784C6F5",
              },
              "\\",{\\"id\\":\\"limitPutRequests\\",\\"visible\\":false,\\"period\\":60,\\"stat\\":\\"Maximum\\"}],[\\"AWS/Firehose\\",\\"ThrottledRecords\\",\\"DeliveryStreamName\\",\\"",
              Object {
                "Ref": "DeliveryStreamD784C6F5",
              },
              "\\",{\\"period\\":60,\\"stat\\":\\"Sum\\",\\"yAxis\\":\\"right\\"}]],\\"yAxis\\":{\\"left\\":{\\"min\\":0},\\"right\\":{\\"min\\":0}}}},{\\"type\\":\\"metric\\",\\"width\\":6,\\"height\\":6,\\"x\\":18,\\"y\\":10,\\"properties\\":{\\"view\\":\\"timeSeries\\",\\"title\\":\\"7 answer: milliseconds\\",\\"region\\":\\"",
              Object {
                "Ref": "AWS::Region",
              },
              "\\",\\"metrics\\":[[\\"AWS/ApiGateway\\",\\"Latency\\",\\"ApiId\\",\\"",
              Object {
                "Ref": "EdgeApi65822B7B",
              },
              "\\",{\\"period\\":60,\\"stat\\":\\"p50\\"}],[\\"AWS/ApiGateway\\",\\"Latency\\",\\"ApiId\\",\\"",
              Object {
                "Ref": "EdgeApi65822B7B",
              },
              "\\",{\\"period\\":60,\\"stat\\":\\"p99\\"}],[\\"AWS/ApiGateway\\",\\"IntegrationLatency\\",\\"ApiId\\",\\"",
              Object {
                "Ref": "EdgeApi65822B7B",
              },
              "\\",{\\"period\\":60,\\"stat\\":\\"p99\\"}],[\\"AWS/ApplicationELB\\",\\"HTTPCode_ELB_5XX_Count\\",\\"LoadBalancer\\",\\"",
              Object {
                "Fn::GetAtt": Array [
                  "ComputeLoadBalancer19999A7D",
                  "LoadBalancerFullName",
                ],
              },
              "\\",{\\"period\\":60,\\"stat\\":\\"Sum\\",\\"yAxis\\":\\"right\\"}]],\\"yAxis\\":{\\"left\\":{\\"min\\":0},\\"right\\":{\\"min\\":0}}}},{\\"type\\":\\"metric\\",\\"width\\":6,\\"height\\":6,\\"x\\":0,\\"y\\":16,\\"properties\\":{\\"view\\":\\"timeSeries\\",\\"title\\":\\"8 transform: clicks\\",\\"region\\":\\"",
              Object {
                "Ref": "AWS::Region",
              },
              "\\",\\"metrics\\":[[\\"Clicklake\\",\\"TransformedClicks\\",\\"DeliveryStream\\",\\"",
              Object {
                "Ref": "DeliveryStreamD784C6F5",
              },
              "\\",{\\"period\\":60,\\"stat\\":\\"Sum\\"}],[\\"Clicklake\\",\\"FailedRecords\\",\\"DeliveryStream\\",\\"",
              Object {
                "Ref": "DeliveryStreamD784C6F5",
              },
              "\\",{\\"period\\":60,\\"stat\\":\\"Sum\\",\\"yAxis\\":\\"right\\"}],[\\"Clicklake\\",\\"CutLines\\",\\"DeliveryStream\\",\\"",
              Object {
                "Ref": "DeliveryStreamD784C6F5",
              },
              "\\",{\\"period\\":60,\\"stat\\":\\"Sum\\",\\"yAxis\\":\\"right\\"}],[\\"Clicklake\\",\\"RejectedWriteErrors\\",\\"DeliveryStream\\",\\"",
              Object {
                "Ref": "DeliveryStreamD784C6F5",
              },
              "\\",{\\"period\\":60,\\"stat\\":\\"Sum\\",\\"yAxis\\":\\"right\\"}]],\\"yAxis\\":{\\"left\\":{\\"min\\":0},\\"right\\":{\\"min\\":0}}}},{\\"type\\":\\"metric\\",\\"width\\":6,\\"height\\":6,\\"x\\":6,\\"y\\":16,\\"properties\\":{\\"view\\":\\"timeSeries\\",\\"title\\":\\"8 transform: function\\",\\"region\\":\\"",
              Object {
                "Ref": "AWS::Region",
              },
              "\\",\\"metrics\\":[[\\"AWS/Lambda\\",\\"Invocations\\",\\"FunctionName\\",\\"",
              Object {
                "Ref": "DeliveryTransformerFunction62ABD5CE",
              },
              "\\",{\\"period\\":60,\\"stat\\":\\"Sum\\"}],[\\"AWS/Lambda\\",\\"Errors\\",\\"FunctionName\\",\\"",
              Object {
                "Ref": "DeliveryTransformerFunction62ABD5CE",
              },
              "\\",{\\"period\\":60,\\"stat\\":\\"Sum\\"}],[\\"AWS/Lambda\\",\\"Throttles\\",\\"FunctionName\\",\\"",
              Object {
                "Ref": "DeliveryTransformerFunction62ABD5CE",
              },
              "\\",{\\"period\\":60,\\"stat\\":\\"Sum\\"}],[\\"AWS/Firehose\\",\\"ExecuteProcessing.Success\\",\\"DeliveryStreamName\\",\\"",
              Object {
                "Ref": "DeliveryStreamD784C6F5",
              },
              "\\",{\\"period\\":60,\\"yAxis\\":\\"right\\"}],[\\"AWS/Lambda\\",\\"Duration\\",\\"FunctionName\\",\\"",
              Object {
                "Ref": "DeliveryTransformerFunction62ABD5CE",
              },
              "\\",{\\"period\\":60,\\"stat\\":\\"Maximum\\",\\"yAxis\\":\\"right\\"}]],\\"yAxis\\":{\\"left\\":{\\"min\\":0},\\"right\\":{\\"min\\":0}}}},{\\"type\\":\\"metric\\",\\"width\\":6,\\"height\\":6,\\"x\\":12,\\"y\\":16,\\"properties\\":{\\"view\\":\\"timeSeries\\",\\"title\\":\\"8 transform: table\\",\\"region\\":\\"",
              Object {
                "Ref": "AWS::Region",
              },
              "\\",\\"metrics\\":[[\\"AWS/DynamoDB\\",\\"ConsumedWriteCapacityUnits\\",\\"TableName\\",\\"",
              Object {
                "Fn::ImportValue": "ClicklakeStorage:ExportsOutputRefTableCD117FA1D18A8047",
              },
              "\\",{\\"period\\":60,\\"stat\\":\\"Sum\\"}],[\\"AWS/DynamoDB\\",\\"WriteThrottleEvents\\",\\"TableName\\",\\"",
              Object {
                "Fn::ImportValue": "ClicklakeStorage:ExportsOutputRefTableCD117FA1D18A8047",
              },
              "\\",{\\"period\\":60,\\"stat\\":\\"Sum\\",\\"yAxis\\":\\"right\\"}]],\\"yAxis\\":{\\"left\\":{\\"min\\":0},\\"right\\":{\\"min\\":0}}}},{\\"type\\":\\"metric\\",\\"width\\":6,\\"height\\":6,\\"x\\":18,\\"y\\":16,\\"properties\\":{\\"view\\":\\"timeSeries\\",\\"title\\":\\"9 convert: lake\\",\\"region\\":\\"",
              Object {
                "Ref": "AWS::Region",
              },
              "\\",\\"metrics\\":[[\\"AWS/Firehose\\",\\"DeliveryToS3.DataFreshness\\",\\"DeliveryStreamName\\",\\"",
              Object {
                "Ref": "DeliveryStreamD784C6F5",
              },
              "\\",{\\"period\\":60,\\"stat\\":\\"Maximum\\"}],[\\"AWS/Firehose\\",\\"DeliveryToS3.Success\\",\\"DeliveryStreamName\\",\\"",
              Object {
                "Ref": "DeliveryStreamD784C6F5",
              },
              "\\",{\\"period\\":60,\\"yAxis\\":\\"right\\"}],[\\"AWS/Firehose\\",\\"SucceedConversion.Records\\",\\"DeliveryStreamName\\",\\"",
              Object {
                "Ref": "DeliveryStreamD784C6F5",
              },
              "\\",{\\"period\\":60,\\"stat\\":\\"Sum\\",\\"yAxis\\":\\"right\\"}],[\\"AWS/Firehose\\",\\"FailedConversion.Records\\",\\"DeliveryStreamName\\",\\"",
              Object {
                "Ref": "DeliveryStreamD784C6F5",
              },
              "\\",{\\"period\\":60,\\"stat\\":\\"Sum\\",\\"yAxis\\":\\"right\\"}]],\\"yAxis\\":{\\"left\\":{\\"min\\":0},\\"right\\":{\\"min\\":0}}}}]}",
            ],
          ],
        },
        "Tags": Array [
          Object {
            "Key": "application",
            "Value": "clicklake",
          },
        ],
      },
      "Type": "AWS::CloudWatch::Dashboard",
    },
    "MonitoringFirehoseThrottledF65AEEE2": Object {
      "Properties": Object {
        "AlarmDescription": "The delivery stream takes less than the service sends. docs/runbook.md#firehose-throttled",
        "ComparisonOperator": "GreaterThanThreshold",
        "DatapointsToAlarm": 3,
        "Dimensions": Array [
          Object {
            "Name": "DeliveryStreamName",
            "Value": Object {
              "Ref": "DeliveryStreamD784C6F5",
            },
          },
        ],
        "EvaluationPeriods": 5,
        "MetricName": "ThrottledRecords",
        "Namespace": "AWS/Firehose",
        "Period": 60,
        "Statistic": "Sum",
        "Tags": Array [
          Object {
            "Key": "application",
            "Value": "clicklake",
          },
        ],
        "Threshold": 0,
        "TreatMissingData": "notBreaching",
      },
      "Type": "AWS::CloudWatch::Alarm",
    },
    "MonitoringLakeStale334F69C9": Object {
      "Properties": Object {
        "AlarmDescription": "Clicks wait in Firehose longer than they should. It keeps them for 24 hours. docs/runbook.md#lake-stale",
        "ComparisonOperator": "GreaterThanThreshold",
        "Dimensions": Array [
          Object {
            "Name": "DeliveryStreamName",
            "Value": Object {
              "Ref": "DeliveryStreamD784C6F5",
            },
          },
        ],
        "EvaluationPeriods": 1,
        "MetricName": "DeliveryToS3.DataFreshness",
        "Namespace": "AWS/Firehose",
        "Period": 300,
        "Statistic": "Maximum",
        "Tags": Array [
          Object {
            "Key": "application",
            "Value": "clicklake",
          },
        ],
        "Threshold": 900,
        "TreatMissingData": "notBreaching",
      },
      "Type": "AWS::CloudWatch::Alarm",
    },
    "MonitoringLedgerMismatch2E0EE373": Object {
      "DependsOn": Array [
        "ComputeServiceC2A22793",
        "ComputeServiceTaskCountTargetCpu227C74FB",
        "ComputeServiceTaskCountTargetRequests38420202",
        "ComputeServiceTaskCountTargetC50ABDB5",
      ],
      "Properties": Object {
        "AlarmDescription": "Clicks came in that nothing accounts for, or the tasks do not report. docs/runbook.md#ledger-mismatch",
        "ComparisonOperator": "GreaterThanThreshold",
        "Dimensions": Array [
          Object {
            "Name": "DeliveryStream",
            "Value": Object {
              "Ref": "DeliveryStreamD784C6F5",
            },
          },
        ],
        "EvaluationPeriods": 1,
        "MetricName": "LedgerMismatch",
        "Namespace": "Clicklake",
        "Period": 60,
        "Statistic": "Maximum",
        "Tags": Array [
          Object {
            "Key": "application",
            "Value": "clicklake",
          },
        ],
        "Threshold": 0,
        "TreatMissingData": "breaching",
      },
      "Type": "AWS::CloudWatch::Alarm",
    },
    "MonitoringLinesCutOut63FE4C92": Object {
      "Properties": Object {
        "AlarmDescription": "Lines in the stream are no clicks, and are kept under rejected/. docs/runbook.md#lines-cut-out",
        "ComparisonOperator": "GreaterThanThreshold",
        "Dimensions": Array [
          Object {
            "Name": "DeliveryStream",
            "Value": Object {
              "Ref": "DeliveryStreamD784C6F5",
            },
          },
        ],
        "EvaluationPeriods": 1,
        "MetricName": "CutLines",
        "Namespace": "Clicklake",
        "Period": 300,
        "Statistic": "Sum",
        "Tags": Array [
          Object {
            "Key": "application",
            "Value": "clicklake",
          },
        ],
        "Threshold": 0,
        "TreatMissingData": "notBreaching",
      },
      "Type": "AWS::CloudWatch::Alarm",
    },
    "MonitoringRecordsFailed3677E7B1": Object {
      "Properties": Object {
        "AlarmDescription": "Records could not be processed and are kept under errors/processing-failed/. docs/runbook.md#records-failed",
        "ComparisonOperator": "GreaterThanThreshold",
        "Dimensions": Array [
          Object {
            "Name": "DeliveryStream",
            "Value": Object {
              "Ref": "DeliveryStreamD784C6F5",
            },
          },
        ],
        "EvaluationPeriods": 1,
        "MetricName": "FailedRecords",
        "Namespace": "Clicklake",
        "Period": 300,
        "Statistic": "Sum",
        "Tags": Array [
          Object {
            "Key": "application",
            "Value": "clicklake",
          },
        ],
        "Threshold": 0,
        "TreatMissingData": "notBreaching",
      },
      "Type": "AWS::CloudWatch::Alarm",
    },
    "MonitoringRejectedNotWrittenC2F1A8C5": Object {
      "Properties": Object {
        "AlarmDescription": "The transformer cannot write to rejected/. docs/runbook.md#rejected-not-written",
        "ComparisonOperator": "GreaterThanThreshold",
        "Dimensions": Array [
          Object {
            "Name": "DeliveryStream",
            "Value": Object {
              "Ref": "DeliveryStreamD784C6F5",
            },
          },
        ],
        "EvaluationPeriods": 1,
        "MetricName": "RejectedWriteErrors",
        "Namespace": "Clicklake",
        "Period": 300,
        "Statistic": "Sum",
        "Tags": Array [
          Object {
            "Key": "application",
            "Value": "clicklake",
          },
        ],
        "Threshold": 0,
        "TreatMissingData": "notBreaching",
      },
      "Type": "AWS::CloudWatch::Alarm",
    },
    "MonitoringServerErrors7F78D318": Object {
      "Properties": Object {
        "AlarmDescription": "More than 1 % of requests are answered 500 or above. docs/runbook.md#server-errors",
        "ComparisonOperator": "GreaterThanThreshold",
        "DatapointsToAlarm": 3,
        "EvaluationPeriods": 5,
        "Metrics": Array [
          Object {
            "Expression": "100 * errors / requests",
            "Id": "expr_1",
            "Label": "% of requests",
            "ReturnData": true,
          },
          Object {
            "Id": "errors",
            "MetricStat": Object {
              "Metric": Object {
                "Dimensions": Array [
                  Object {
                    "Name": "ApiId",
                    "Value": Object {
                      "Ref": "EdgeApi65822B7B",
                    },
                  },
                ],
                "MetricName": "5xx",
                "Namespace": "AWS/ApiGateway",
              },
              "Period": 60,
              "Stat": "Sum",
            },
            "ReturnData": false,
          },
          Object {
            "Id": "requests",
            "MetricStat": Object {
              "Metric": Object {
                "Dimensions": Array [
                  Object {
                    "Name": "ApiId",
                    "Value": Object {
                      "Ref": "EdgeApi65822B7B",
                    },
                  },
                ],
                "MetricName": "Count",
                "Namespace": "AWS/ApiGateway",
              },
              "Period": 60,
              "Stat": "Sum",
            },
            "ReturnData": false,
          },
        ],
        "Tags": Array [
          Object {
            "Key": "application",
            "Value": "clicklake",
          },
        ],
        "Threshold": 1,
        "TreatMissingData": "notBreaching",
      },
      "Type": "AWS::CloudWatch::Alarm",
    },
    "MonitoringSlowAnswers6A86661C": Object {
      "Properties": Object {
        "AlarmDescription": "One request of a hundred takes longer than 2000 ms. docs/runbook.md#slow-answers",
        "ComparisonOperator": "GreaterThanThreshold",
        "DatapointsToAlarm": 3,
        "Dimensions": Array [
          Object {
            "Name": "ApiId",
            "Value": Object {
              "Ref": "EdgeApi65822B7B",
            },
          },
        ],
        "EvaluateLowSampleCountPercentile": "ignore",
        "EvaluationPeriods": 5,
        "ExtendedStatistic": "p99",
        "MetricName": "Latency",
        "Namespace": "AWS/ApiGateway",
        "Period": 60,
        "Tags": Array [
          Object {
            "Key": "application",
            "Value": "clicklake",
          },
        ],
        "Threshold": 2000,
        "TreatMissingData": "notBreaching",
      },
      "Type": "AWS::CloudWatch::Alarm",
    },
    "MonitoringTableThrottledC9696464": Object {
      "Properties": Object {
        "AlarmDescription": "DynamoDB takes less than the transformer writes. docs/runbook.md#table-throttled",
        "ComparisonOperator": "GreaterThanThreshold",
        "DatapointsToAlarm": 3,
        "Dimensions": Array [
          Object {
            "Name": "TableName",
            "Value": Object {
              "Fn::ImportValue": "ClicklakeStorage:ExportsOutputRefTableCD117FA1D18A8047",
            },
          },
        ],
        "EvaluationPeriods": 5,
        "MetricName": "WriteThrottleEvents",
        "Namespace": "AWS/DynamoDB",
        "Period": 60,
        "Statistic": "Sum",
        "Tags": Array [
          Object {
            "Key": "application",
            "Value": "clicklake",
          },
        ],
        "Threshold": 0,
        "TreatMissingData": "notBreaching",
      },
      "Type": "AWS::CloudWatch::Alarm",
    },
    "MonitoringTooFewTasksC7E83BD9": Object {
      "DependsOn": Array [
        "ComputeServiceC2A22793",
        "ComputeServiceTaskCountTargetCpu227C74FB",
        "ComputeServiceTaskCountTargetRequests38420202",
        "ComputeServiceTaskCountTargetC50ABDB5",
      ],
      "Properties": Object {
        "AlarmDescription": "Fewer than 2 tasks are healthy. docs/runbook.md#too-few-tasks",
        "ComparisonOperator": "LessThanThreshold",
        "Dimensions": Array [
          Object {
            "Name": "LoadBalancer",
            "Value": Object {
              "Fn::Join": Array [
                "",
                Array [
                  Object {
                    "Fn::Select": Array [
                      1,
                      Object {
                        "Fn::Split": Array [
                          "/",
                          Object {
                            "Ref": "ComputeLoadBalancerListener6F7D2E6F",
                          },
                        ],
                      },
                    ],
                  },
                  "/",
                  Object {
                    "Fn::Select": Array [
                      2,
                      Object {
                        "Fn::Split": Array [
                          "/",
                          Object {
                            "Ref": "ComputeLoadBalancerListener6F7D2E6F",
                          },
                        ],
                      },
                    ],
                  },
                  "/",
                  Object {
                    "Fn::Select": Array [
                      3,
                      Object {
                        "Fn::Split": Array [
                          "/",
                          Object {
                            "Ref": "ComputeLoadBalancerListener6F7D2E6F",
                          },
                        ],
                      },
                    ],
                  },
                ],
              ],
            },
          },
          Object {
            "Name": "TargetGroup",
            "Value": Object {
              "Fn::GetAtt": Array [
                "ComputeLoadBalancerListenerTasksGroup6D959A73",
                "TargetGroupFullName",
              ],
            },
          },
        ],
        "EvaluationPeriods": 5,
        "MetricName": "HealthyHostCount",
        "Namespace": "AWS/ApplicationELB",
        "Period": 60,
        "Statistic": "Minimum",
        "Tags": Array [
          Object {
            "Key": "application",
            "Value": "clicklake",
          },
        ],
        "Threshold": 2,
        "TreatMissingData": "breaching",
      },
      "Type": "AWS::CloudWatch::Alarm",
    },
    "MonitoringTransformerErrorsD3EFF061": Object {
      "Properties": Object {
        "AlarmDescription": "The transformer threw, timed out or ran out of memory. docs/runbook.md#transformer-errors",
        "ComparisonOperator": "GreaterThanThreshold",
        "Dimensions": Array [
          Object {
            "Name": "FunctionName",
            "Value": Object {
              "Ref": "DeliveryTransformerFunction62ABD5CE",
            },
          },
        ],
        "EvaluationPeriods": 1,
        "MetricName": "Errors",
        "Namespace": "AWS/Lambda",
        "Period": 300,
        "Statistic": "Sum",
        "Tags": Array [
          Object {
            "Key": "application",
            "Value": "clicklake",
          },
        ],
        "Threshold": 0,
        "TreatMissingData": "notBreaching",
      },
      "Type": "AWS::CloudWatch::Alarm",
    },
    "MonitoringTransformerNotInvokedD6CE27CB": Object {
      "Properties": Object {
        "AlarmDescription": "Firehose’s calls of the transformer fail. docs/runbook.md#transformer-not-invoked",
        "ComparisonOperator": "LessThanThreshold",
        "Dimensions": Array [
          Object {
            "Name": "DeliveryStreamName",
            "Value": Object {
              "Ref": "DeliveryStreamD784C6F5",
            },
          },
        ],
        "EvaluationPeriods": 1,
        "MetricName": "ExecuteProcessing.Success",
        "Namespace": "AWS/Firehose",
        "Period": 300,
        "Statistic": "Average",
        "Tags": Array [
          Object {
            "Key": "application",
            "Value": "clicklake",
          },
        ],
        "Threshold": 1,
        "TreatMissingData": "notBreaching",
      },
      "Type": "AWS::CloudWatch::Alarm",
    },
    "MonitoringUnhealthyTasksD3E54B1F": Object {
      "Properties": Object {
        "AlarmDescription": "Tasks do not answer their health check. docs/runbook.md#unhealthy-tasks",
        "ComparisonOperator": "GreaterThanThreshold",
        "DatapointsToAlarm": 3,
        "Dimensions": Array [
          Object {
            "Name": "LoadBalancer",
            "Value": Object {
              "Fn::Join": Array [
                "",
                Array [
                  Object {
                    "Fn::Select": Array [
                      1,
                      Object {
                        "Fn::Split": Array [
                          "/",
                          Object {
                            "Ref": "ComputeLoadBalancerListener6F7D2E6F",
                          },
                        ],
                      },
                    ],
                  },
                  "/",
                  Object {
                    "Fn::Select": Array [
                      2,
                      Object {
                        "Fn::Split": Array [
                          "/",
                          Object {
                            "Ref": "ComputeLoadBalancerListener6F7D2E6F",
                          },
                        ],
                      },
                    ],
                  },
                  "/",
                  Object {
                    "Fn::Select": Array [
                      3,
                      Object {
                        "Fn::Split": Array [
                          "/",
                          Object {
                            "Ref": "ComputeLoadBalancerListener6F7D2E6F",
                          },
                        ],
                      },
                    ],
                  },
                ],
              ],
            },
          },
          Object {
            "Name": "TargetGroup",
            "Value": Object {
              "Fn::GetAtt": Array [
                "ComputeLoadBalancerListenerTasksGroup6D959A73",
                "TargetGroupFullName",
              ],
            },
          },
        ],
        "EvaluationPeriods": 5,
        "MetricName": "UnHealthyHostCount",
        "Namespace": "AWS/ApplicationELB",
        "Period": 60,
        "Statistic": "Maximum",
        "Tags": Array [
          Object {
            "Key": "application",
            "Value": "clicklake",
          },
        ],
        "Threshold": 0,
        "TreatMissingData": "notBreaching",
      },
      "Type": "AWS::CloudWatch::Alarm",
    },
  },
  "Rules": Object {
    "CheckBootstrapVersion": Object {
      "Assertions": Array [
        Object {
          "Assert": Object {
            "Fn::Not": Array [
              Object {
                "Fn::Contains": Array [
                  Array [
                    "1",
                    "2",
                    "3",
                    "4",
                    "5",
                  ],
                  Object {
                    "Ref": "BootstrapVersion",
                  },
                ],
              },
            ],
          },
          "AssertDescription": "CDK bootstrap stack version 6 required. Please run 'cdk bootstrap' with a recent version of the CDK CLI.",
        },
      ],
    },
  },
}
`

exports[`test/infra/cloud/snapshot.test.ts > TAP > templates – as they were when somebody last looked (npm run test:snapshot after a change that is meant) > ClicklakeStorage 1`] = `
Object {
  "Description": "Clicklake: what is kept of clicks",
  "Outputs": Object {
    "BucketName": Object {
      "Description": "Bucket of the lake",
      "Value": Object {
        "Ref": "Bucket83908E77",
      },
    },
    "DatabaseName": Object {
      "Description": "Database in the Glue catalogue",
      "Value": Object {
        "Ref": "DatabaseB269D8BB",
      },
    },
    "ExportsOutputFnGetAttBucket83908E77Arn063C8555": Object {
      "Export": Object {
        "Name": "ClicklakeStorage:ExportsOutputFnGetAttBucket83908E77Arn063C8555",
      },
      "Value": Object {
        "Fn::GetAtt": Array [
          "Bucket83908E77",
          "Arn",
        ],
      },
    },
    "ExportsOutputFnGetAttTableCD117FA1ArnE2C8C204": Object {
      "Export": Object {
        "Name": "ClicklakeStorage:ExportsOutputFnGetAttTableCD117FA1ArnE2C8C204",
      },
      "Value": Object {
        "Fn::GetAtt": Array [
          "TableCD117FA1",
          "Arn",
        ],
      },
    },
    "ExportsOutputRefBucket83908E7781C90AC0": Object {
      "Export": Object {
        "Name": "ClicklakeStorage:ExportsOutputRefBucket83908E7781C90AC0",
      },
      "Value": Object {
        "Ref": "Bucket83908E77",
      },
    },
    "ExportsOutputRefDatabaseB269D8BB88F4B1C4": Object {
      "Export": Object {
        "Name": "ClicklakeStorage:ExportsOutputRefDatabaseB269D8BB88F4B1C4",
      },
      "Value": Object {
        "Ref": "DatabaseB269D8BB",
      },
    },
    "ExportsOutputRefRowsTableF90ABFB1F04E0BF4": Object {
      "Export": Object {
        "Name": "ClicklakeStorage:ExportsOutputRefRowsTableF90ABFB1F04E0BF4",
      },
      "Value": Object {
        "Ref": "RowsTableF90ABFB1",
      },
    },
    "ExportsOutputRefTableCD117FA1D18A8047": Object {
      "Export": Object {
        "Name": "ClicklakeStorage:ExportsOutputRefTableCD117FA1D18A8047",
      },
      "Value": Object {
        "Ref": "TableCD117FA1",
      },
    },
    "TableName": Object {
      "Description": "DynamoDB table of clicks",
      "Value": Object {
        "Ref": "TableCD117FA1",
      },
    },
    "WorkGroupName": Object {
      "Description": "Athena workgroup",
      "Value": Object {
        "Ref": "AnalysisWorkGroupC9ABE7DE",
      },
    },
  },
  "Parameters": Object {
    "BootstrapVersion": Object {
      "Default": "/cdk-bootstrap/hnb659fds/version",
      "Description": "Version of the CDK Bootstrap resources in this environment, automatically retrieved from SSM Parameter Store. [cdk:skip]",
      "Type": "AWS::SSM::Parameter::Value<String>",
    },
  },
  "Resources": Object {
    "AnalysisclicksperhourC71C529E": Object {
      "Properties": Object {
        "Database": Object {
          "Ref": "DatabaseB269D8BB",
        },
        "Description": "How many clicks arrived, hour by hour and component by component.",
        "Name": "clicks-per-hour",
        "QueryString": String(
          -- How many clicks arrived, hour by hour and component by component.
          -- dt and hour are the arrival at Firehose, UTC; the latest hour comes first. The same text runs in Athena and in DuckDB.
          SELECT dt, hour, component, count(*) AS clicks
          FROM clicks
          WHERE dt >= cast(cast(current_date - INTERVAL '7' DAY AS date) AS varchar)
          GROUP BY dt, hour, component
          ORDER BY dt DESC, hour DESC, clicks DESC, component
        ),
        "WorkGroup": Object {
          "Ref": "AnalysisWorkGroupC9ABE7DE",
        },
      },
      "Type": "AWS::Athena::NamedQuery",
    },
    "AnalysisduplicatesD0BA8ABE": Object {
      "Properties": Object {
        "Database": Object {
          "Ref": "DatabaseB269D8BB",
        },
        "Description": "Which clicks are in clicks_raw more than once, how often, and how far apart.",
        "Name": "duplicates",
        "QueryString": String(
          -- Which clicks are in clicks_raw more than once, how often, and how far apart.
          -- arrivals: 1 where the pipeline delivered one request's click again, more where the sender sent it again.
          -- days: the view clicks removes duplicates within a day, so that is how many it shows.
          -- The same text runs in Athena and in DuckDB.
          SELECT
            contextid,
            requestid,
            count(*) AS copies,
            count(DISTINCT receivedat) AS arrivals,
            count(DISTINCT dt) AS days,
            min(receivedat) AS firstreceived,
            max(receivedat) AS lastreceived,
            date_diff('millisecond', min(receivedat), max(receivedat)) / 1e3 AS secondsapart
          FROM clicks_raw
          WHERE dt >= cast(cast(current_date - INTERVAL '7' DAY AS date) AS varchar)
          GROUP BY contextid, requestid
          HAVING count(*) > 1
          ORDER BY copies DESC, secondsapart DESC, contextid, requestid
          LIMIT 100
        ),
        "WorkGroup": Object {
          "Ref": "AnalysisWorkGroupC9ABE7DE",
        },
      },
      "Type": "AWS::Athena::NamedQuery",
    },
    "Analysisfreshness3C64BEE2": Object {
      "Properties": Object {
        "Database": Object {
          "Ref": "DatabaseB269D8BB",
        },
        "Description": "How late the lake is: for each hour of arrival its newest click, that one's age, and how late its oldest came.",
        "Name": "freshness",
        "QueryString": String(
          -- How late the lake is: for each hour of arrival its newest click, that one's age, and how late its oldest came.
          -- clicks counts duplicates too. The latest hour comes first.
          -- secondslate: how long before its hour began the oldest click was received. 0 where all came straight through, large
          -- where clicks were spilled and replayed. An object takes the hour of its first record, so newest may lie after its hour.
          -- The same text runs in Athena and in DuckDB, both with UTC as the session's time zone.
          SELECT
            dt,
            hour,
            count(*) AS clicks,
            max(receivedat) AS newest,
            date_diff('millisecond', max(receivedat), cast(current_timestamp AS timestamp)) / 1e3 AS secondsold,
            greatest(0e0, date_diff('millisecond', min(receivedat), cast(dt AS timestamp) + hour * INTERVAL '1' HOUR) / 1e3) AS secondslate
          FROM clicks_raw
          WHERE dt >= cast(cast(current_date - INTERVAL '7' DAY AS date) AS varchar)
          GROUP BY dt, hour
          ORDER BY dt DESC, hour DESC
        ),
        "WorkGroup": Object {
          "Ref": "AnalysisWorkGroupC9ABE7DE",
        },
      },
      "Type": "AWS::Athena::NamedQuery",
    },
    "AnalysissessionsADBC7D7F": Object {
      "Properties": Object {
        "Database": Object {
          "Ref": "DatabaseB269D8BB",
        },
        "Description": "What happened in each session: its steps in the order of the clicks, how many, and how long it took.",
        "Name": "sessions",
        "QueryString": String(
          -- What happened in each session: its steps in the order of the clicks, how many, and how long it took.
          -- The order is that of the sender's clock. Of more than 100 sessions, the latest.
          -- The same text runs in Athena and in DuckDB. Milliseconds, because Athena's date_diff counts whole units that have
          -- passed and DuckDB's counts boundaries that were crossed: in the unit of the data itself they agree.
          SELECT
            contextid,
            count(*) AS clicks,
            min(createdtime) AS started,
            max(createdtime) AS ended,
            date_diff('millisecond', min(createdtime), max(createdtime)) / 1e3 AS seconds,
            array_join(array_agg(component || '/' || action ORDER BY createdtime, receivedat, requestid), ' > ') AS journey
          FROM clicks
          WHERE dt >= cast(cast(current_date - INTERVAL '7' DAY AS date) AS varchar)
          GROUP BY contextid
          ORDER BY started DESC, contextid
          LIMIT 100
        ),
        "WorkGroup": Object {
          "Ref": "AnalysisWorkGroupC9ABE7DE",
        },
      },
      "Type": "AWS::Athena::NamedQuery",
    },
    "Analysistopitems72FAE2E8": Object {
      "Properties": Object {
        "Database": Object {
          "Ref": "DatabaseB269D8BB",
        },
        "Description": "Which items are clicked most, in how many sessions, and what enrichment last knew about them.",
        "Name": "top-items",
        "QueryString": String(
          -- Which items are clicked most, in how many sessions, and what enrichment last knew about them.
          -- The facts are those of ENRICHMENT_FIELDS: put your own here if the pipeline copies others.
          -- The same text runs in Athena and in DuckDB. The filters are for DuckDB's max_by too, which leaves out NULL by itself
          -- where Athena's would answer it.
          SELECT
            itemid,
            count(*) AS clicks,
            count(DISTINCT contextid) AS sessions,
            max_by(goodevil, receivedat) FILTER (WHERE goodevil IS NOT NULL) AS goodevil,
            max_by(lawchaos, receivedat) FILTER (WHERE lawchaos IS NOT NULL) AS lawchaos,
            max_by(species, receivedat) FILTER (WHERE species IS NOT NULL) AS species
          FROM (
            SELECT
              itemid,
              contextid,
              receivedat,
              element_at(attributes, 'goodevil') AS goodevil,
              element_at(attributes, 'lawchaos') AS lawchaos,
              element_at(attributes, 'species') AS species
            FROM clicks
            WHERE dt >= cast(cast(current_date - INTERVAL '7' DAY AS date) AS varchar)
              AND itemid IS NOT NULL
          )
          GROUP BY itemid
          ORDER BY clicks DESC, itemid
          LIMIT 100
        ),
        "WorkGroup": Object {
          "Ref": "AnalysisWorkGroupC9ABE7DE",
        },
      },
      "Type": "AWS::Athena::NamedQuery",
    },
    "AnalysisWorkGroupC9ABE7DE": Object {
      "Properties": Object {
        "Description": "SQL over clicks",
        "Name": "ClicklakeStorage-clicks",
        "RecursiveDeleteOption": false,
        "Tags": Array [
          Object {
            "Key": "application",
            "Value": "clicklake",
          },
        ],
        "WorkGroupConfiguration": Object {
          "EnforceWorkGroupConfiguration": true,
          "EngineVersion": Object {
            "SelectedEngineVersion": "Athena engine version 3",
          },
          "PublishCloudWatchMetricsEnabled": true,
          "ResultConfiguration": Object {
            "EncryptionConfiguration": Object {
              "EncryptionOption": "SSE_S3",
            },
            "OutputLocation": Object {
              "Fn::Join": Array [
                "",
                Array [
                  "s3://",
                  Object {
                    "Ref": "Bucket83908E77",
                  },
                  "/query-results/",
                ],
              ],
            },
          },
        },
      },
      "Type": "AWS::Athena::WorkGroup",
    },
    "Bucket83908E77": Object {
      "DeletionPolicy": "Retain",
      "Properties": Object {
        "BucketEncryption": Object {
          "ServerSideEncryptionConfiguration": Array [
            Object {
              "ServerSideEncryptionByDefault": Object {
                "SSEAlgorithm": "AES256",
              },
            },
          ],
        },
        "LifecycleConfiguration": Object {
          "Rules": Array [
            Object {
              "AbortIncompleteMultipartUpload": Object {
                "DaysAfterInitiation": 7,
              },
              "NoncurrentVersionExpiration": Object {
                "NoncurrentDays": 30,
              },
              "Status": "Enabled",
            },
            Object {
              "ExpirationInDays": 30,
              "Prefix": "replayed/",
              "Status": "Enabled",
            },
            Object {
              "ExpirationInDays": 30,
              "Prefix": "query-results/",
              "Status": "Enabled",
            },
          ],
        },
        "PublicAccessBlockConfiguration": Object {
          "BlockPublicAcls": true,
          "BlockPublicPolicy": true,
          "IgnorePublicAcls": true,
          "RestrictPublicBuckets": true,
        },
        "Tags": Array [
          Object {
            "Key": "application",
            "Value": "clicklake",
          },
        ],
        "VersioningConfiguration": Object {
          "Status": "Enabled",
        },
      },
      "Type": "AWS::S3::Bucket",
      "UpdateReplacePolicy": "Retain",
    },
    "BucketPolicyE9A3008A": Object {
      "Properties": Object {
        "Bucket": Object {
          "Ref": "Bucket83908E77",
        },
        "PolicyDocument": Object {
          "Statement": Array [
            Object {
              "Action": "s3:*",
              "Condition": Object {
                "Bool": Object {
                  "aws:SecureTransport": "false",
                },
              },
              "Effect": "Deny",
              "Principal": Object {
                "AWS": "*",
              },
              "Resource": Array [
                Object {
                  "Fn::GetAtt": Array [
                    "Bucket83908E77",
                    "Arn",
                  ],
                },
                Object {
                  "Fn::Join": Array [
                    "",
                    Array [
                      Object {
                        "Fn::GetAtt": Array [
                          "Bucket83908E77",
                          "Arn",
                        ],
                      },
                      "/*",
                    ],
                  ],
                },
              ],
            },
          ],
          "Version": "2012-10-17",
        },
      },
      "Type": "AWS::S3::BucketPolicy",
    },
    "DatabaseB269D8BB": Object {
      "DeletionPolicy": "Retain",
      "Properties": Object {
        "CatalogId": Object {
          "Ref": "AWS::AccountId",
        },
        "DatabaseInput": Object {
          "Description": "Clicks of Clicklake",
          "Name": "clicklakestorage",
        },
      },
      "Type": "AWS::Glue::Database",
      "UpdateReplacePolicy": "Retain",
    },
    "RowsTableF90ABFB1": Object {
      "Properties": Object {
        "CatalogId": Object {
          "Ref": "AWS::AccountId",
        },
        "DatabaseName": Object {
          "Ref": "DatabaseB269D8BB",
        },
        "TableInput": Object {
          "Description": "All clicks as Firehose delivered them, duplicates included",
          "Name": "clicks_raw",
          "Parameters": Object {
            "classification": "parquet",
            "has_encrypted_data": true,
            "projection.dt.format": "yyyy-MM-dd",
            "projection.dt.range": "2025-01-01,NOW",
            "projection.dt.type": "date",
            "projection.enabled": "true",
            "projection.hour.digits": "2",
            "projection.hour.range": "0,23",
            "projection.hour.type": "integer",
            "storage.location.template": Object {
              "Fn::Join": Array [
                "",
                Array [
                  "s3://",
                  Object {
                    "Ref": "Bucket83908E77",
                  },
                  "/clicks/dt=\${dt}/hour=\${hour}/",
                ],
              ],
            },
          },
          "PartitionKeys": Array [
            Object {
              "Comment": "Day of arrival at Firehose, UTC, yyyy-MM-dd",
              "Name": "dt",
              "Type": "string",
            },
            Object {
              "Comment": "Hour of arrival at Firehose, UTC",
              "Name": "hour",
              "Type": "int",
            },
          ],
          "StorageDescriptor": Object {
            "Columns": Array [
              Object {
                "Comment": "Identity of this click: a retry carries the same one, so that duplicates can be told",
                "Name": "requestid",
                "Type": "string",
              },
              Object {
                "Comment": "The session, or whatever ties clicks together",
                "Name": "contextid",
                "Type": "string",
              },
              Object {
                "Comment": "The application or site that the click comes from",
                "Name": "callerid",
                "Type": "string",
              },
              Object {
                "Comment": "What was clicked",
                "Name": "component",
                "Type": "string",
              },
              Object {
                "Comment": "What was done to it: click, view, submit …",
                "Name": "action",
                "Type": "string",
              },
              Object {
                "Comment": "Where it was done: webpage, app …",
                "Name": "type",
                "Type": "string",
              },
              Object {
                "Comment": "Who clicked",
                "Name": "userid",
                "Type": "string",
              },
              Object {
                "Comment": "What the click is about; enrichment asks the catalogue for it",
                "Name": "itemid",
                "Type": "string",
              },
              Object {
                "Comment": "Address of the page",
                "Name": "url",
                "Type": "string",
              },
              Object {
                "Comment": "Address of the page before it",
                "Name": "referrer",
                "Type": "string",
              },
              Object {
                "Comment": "When it was clicked, UTC",
                "Name": "createdtime",
                "Type": "timestamp",
              },
              Object {
                "Comment": "Free, flat facts about the click. Keys are lower case.",
                "Name": "attributes",
                "Type": "map<string,string>",
              },
              Object {
                "Comment": "When the service took it, UTC",
                "Name": "receivedat",
                "Type": "timestamp",
              },
              Object {
                "Comment": "Address it came from, as far as the policy keeps it",
                "Name": "clientip",
                "Type": "string",
              },
              Object {
                "Comment": "User agent it came from",
                "Name": "useragent",
                "Type": "string",
              },
              Object {
                "Comment": "Who sent it: the name of the key, or the origin",
                "Name": "client",
                "Type": "string",
              },
            ],
            "Compressed": false,
            "InputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
            "Location": Object {
              "Fn::Join": Array [
                "",
                Array [
                  "s3://",
                  Object {
                    "Ref": "Bucket83908E77",
                  },
                  "/clicks/",
                ],
              ],
            },
            "OutputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
            "SerdeInfo": Object {
              "SerializationLibrary": "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe",
            },
            "StoredAsSubDirectories": false,
          },
          "TableType": "EXTERNAL_TABLE",
        },
      },
      "Type": "AWS::Glue::Table",
    },
    "TableCD117FA1": Object {
      "DeletionPolicy": "Retain",
      "Properties": Object {
        "AttributeDefinitions": Array [
          Object {
            "AttributeName": "contextid",
            "AttributeType": "S",
          },
          Object {
            "AttributeName": "requestid",
            "AttributeType": "S",
          },
        ],
        "BillingMode": "PAY_PER_REQUEST",
        "DeletionProtectionEnabled": true,
        "KeySchema": Array [
          Object {
            "AttributeName": "contextid",
            "KeyType": "HASH",
          },
          Object {
            "AttributeName": "requestid",
            "KeyType": "RANGE",
          },
        ],
        "PointInTimeRecoverySpecification": Object {
          "PointInTimeRecoveryEnabled": true,
        },
        "Tags": Array [
          Object {
            "Key": "application",
            "Value": "clicklake",
          },
        ],
        "TimeToLiveSpecification": Object {
          "AttributeName": "expiresat",
          "Enabled": true,
        },
      },
      "Type": "AWS::DynamoDB::Table",
      "UpdateReplacePolicy": "Retain",
    },
    "View": Object {
      "DependsOn": Array [
        "RowsTableF90ABFB1",
      ],
      "Properties": Object {
        "CatalogId": Object {
          "Ref": "AWS::AccountId",
        },
        "DatabaseName": Object {
          "Ref": "DatabaseB269D8BB",
        },
        "TableInput": Object {
          "Description": "One row for each click of a day, the one received first",
          "Name": "clicks",
          "Parameters": Object {
            "comment": "Presto View",
            "presto_view": "true",
          },
          "StorageDescriptor": Object {
            "Columns": Array [
              Object {
                "Comment": "Identity of this click: a retry carries the same one, so that duplicates can be told",
                "Name": "requestid",
                "Type": "string",
              },
              Object {
                "Comment": "The session, or whatever ties clicks together",
                "Name": "contextid",
                "Type": "string",
              },
              Object {
                "Comment": "The application or site that the click comes from",
                "Name": "callerid",
                "Type": "string",
              },
              Object {
                "Comment": "What was clicked",
                "Name": "component",
                "Type": "string",
              },
              Object {
                "Comment": "What was done to it: click, view, submit …",
                "Name": "action",
                "Type": "string",
              },
              Object {
                "Comment": "Where it was done: webpage, app …",
                "Name": "type",
                "Type": "string",
              },
              Object {
                "Comment": "Who clicked",
                "Name": "userid",
                "Type": "string",
              },
              Object {
                "Comment": "What the click is about; enrichment asks the catalogue for it",
                "Name": "itemid",
                "Type": "string",
              },
              Object {
                "Comment": "Address of the page",
                "Name": "url",
                "Type": "string",
              },
              Object {
                "Comment": "Address of the page before it",
                "Name": "referrer",
                "Type": "string",
              },
              Object {
                "Comment": "When it was clicked, UTC",
                "Name": "createdtime",
                "Type": "timestamp",
              },
              Object {
                "Comment": "Free, flat facts about the click. Keys are lower case.",
                "Name": "attributes",
                "Type": "map<string,string>",
              },
              Object {
                "Comment": "When the service took it, UTC",
                "Name": "receivedat",
                "Type": "timestamp",
              },
              Object {
                "Comment": "Address it came from, as far as the policy keeps it",
                "Name": "clientip",
                "Type": "string",
              },
              Object {
                "Comment": "User agent it came from",
                "Name": "useragent",
                "Type": "string",
              },
              Object {
                "Comment": "Who sent it: the name of the key, or the origin",
                "Name": "client",
                "Type": "string",
              },
              Object {
                "Comment": "Day of arrival at Firehose, UTC, yyyy-MM-dd",
                "Name": "dt",
                "Type": "string",
              },
              Object {
                "Comment": "Hour of arrival at Firehose, UTC",
                "Name": "hour",
                "Type": "int",
              },
            ],
            "SerdeInfo": Object {},
          },
          "TableType": "VIRTUAL_VIEW",
          "ViewExpandedText": "/* Presto View */",
          "ViewOriginalText": "/* Presto View: eyJvcmlnaW5hbFNxbCI6IlNFTEVDVCByZXF1ZXN0aWQsIGNvbnRleHRpZCwgY2FsbGVyaWQsIGNvbXBvbmVudCwgYWN0aW9uLCB0eXBlLCB1c2VyaWQsIGl0ZW1pZCwgdXJsLCByZWZlcnJlciwgY3JlYXRlZHRpbWUsIGF0dHJpYnV0ZXMsIHJlY2VpdmVkYXQsIGNsaWVudGlwLCB1c2VyYWdlbnQsIGNsaWVudCwgZHQsIGhvdXJcbkZST00gKFxuICBTRUxFQ1QgKiwgcm93X251bWJlcigpIE9WRVIgKFBBUlRJVElPTiBCWSBkdCwgY29udGV4dGlkLCByZXF1ZXN0aWQgT1JERVIgQlkgcmVjZWl2ZWRhdCkgQVMgbnRoXG4gIEZST00gY2xpY2tzX3Jhd1xuKVxuV0hFUkUgbnRoID0gMSIsImNhdGFsb2ciOiJhd3NkYXRhY2F0YWxvZyIsInNjaGVtYSI6ImNsaWNrbGFrZXN0b3JhZ2UiLCJjb2x1bW5zIjpbeyJuYW1lIjoicmVxdWVzdGlkIiwidHlwZSI6InZhcmNoYXIifSx7Im5hbWUiOiJjb250ZXh0aWQiLCJ0eXBlIjoidmFyY2hhciJ9LHsibmFtZSI6ImNhbGxlcmlkIiwidHlwZSI6InZhcmNoYXIifSx7Im5hbWUiOiJjb21wb25lbnQiLCJ0eXBlIjoidmFyY2hhciJ9LHsibmFtZSI6ImFjdGlvbiIsInR5cGUiOiJ2YXJjaGFyIn0seyJuYW1lIjoidHlwZSIsInR5cGUiOiJ2YXJjaGFyIn0seyJuYW1lIjoidXNlcmlkIiwidHlwZSI6InZhcmNoYXIifSx7Im5hbWUiOiJpdGVtaWQiLCJ0eXBlIjoidmFyY2hhciJ9LHsibmFtZSI6InVybCIsInR5cGUiOiJ2YXJjaGFyIn0seyJuYW1lIjoicmVmZXJyZXIiLCJ0eXBlIjoidmFyY2hhciJ9LHsibmFtZSI6ImNyZWF0ZWR0aW1lIiwidHlwZSI6InRpbWVzdGFtcCgzKSJ9LHsibmFtZSI6ImF0dHJpYnV0ZXMiLCJ0eXBlIjoibWFwKHZhcmNoYXIsdmFyY2hhcikifSx7Im5hbWUiOiJyZWNlaXZlZGF0IiwidHlwZSI6InRpbWVzdGFtcCgzKSJ9LHsibmFtZSI6ImNsaWVudGlwIiwidHlwZSI6InZhcmNoYXIifSx7Im5hbWUiOiJ1c2VyYWdlbnQiLCJ0eXBlIjoidmFyY2hhciJ9LHsibmFtZSI6ImNsaWVudCIsInR5cGUiOiJ2YXJjaGFyIn0seyJuYW1lIjoiZHQiLCJ0eXBlIjoidmFyY2hhciJ9LHsibmFtZSI6ImhvdXIiLCJ0eXBlIjoiaW50ZWdlciJ9XX0= */",
        },
      },
      "Type": "AWS::Glue::Table",
    },
  },
  "Rules": Object {
    "CheckBootstrapVersion": Object {
      "Assertions": Array [
        Object {
          "Assert": Object {
            "Fn::Not": Array [
              Object {
                "Fn::Contains": Array [
                  Array [
                    "1",
                    "2",
                    "3",
                    "4",
                    "5",
                  ],
                  Object {
                    "Ref": "BootstrapVersion",
                  },
                ],
              },
            ],
          },
          "AssertDescription": "CDK bootstrap stack version 6 required. Please run 'cdk bootstrap' with a recent version of the CDK CLI.",
        },
      ],
    },
  },
}
`
